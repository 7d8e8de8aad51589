using System.Net;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;
using Mail.Worker.Shaping;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Shaping;

/// <summary>Slow-downs are known to all workers, pace what leaves, and end.</summary>
public sealed class SlowDownTests
{
    private const string Nobody = "00000000-0000-0000-0000-000000000000";

    private static readonly (string, string)[] Quick =
        [("Mail:Shaping:HoldInterval", "00:00:00.020"), ("Mail:Shaping:ReportInterval", "00:00:00.020")];

    [Fact]
    public async Task What_one_worker_was_told_slows_down_the_others_and_those_that_start_later()
    {
        // Longer than a reason may be: it is cut.
        var words = $"452 4.7.0 too many messages {new string('x', 450)}";
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().Next("MAIL", SmtpStep.Reply(words)));
        await using var system = await DirectAsync(sink, "react | * | 452 | slow 0.5 10m | too many messages");
        await system.StartWorkerAsync();
        await system.WhenAsync(await SendAsync(system), MessageStatus.Deferred);
        await system.UntilAsync(async () => await system.CountAsync(
                "select count(*) from delivery_holds where scope = 'destination' and name = 'mx.busy.test' and factor = 0.5 and until > now() + interval '9 min'") == 1,
            () => "the slow-down was not told");

        var other = await system.StartWorkerAsync();

        var slow = other.Services.GetRequiredService<Holds>().SlowDownOn(HoldScope.Destination, "mx.busy.test");
        Assert.Equal(0.5, slow?.Factor);
        // It goes on, but slower.
        await system.WhenAsync(await SendAsync(system), MessageStatus.Sent);
        await system.UntilAsync(async () => await system.CountAsync(
                "select count(*) from delivery_destination_states where destination = 'mx.busy.test' and speed = 0.5 and reason like '452 %' and until is not null") > 0,
            () => "the state was not told");
    }

    [Fact]
    public async Task A_throttled_organization_keeps_to_a_tenth_and_what_waits_says_why()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: [.. Quick, ("Mail:Shaping:UsualPerSecond", "20")]);
        await JudgeAsync(system, "throttled");
        await system.KeepReasonsAsync();
        await system.StartWorkerAsync();
        await system.ExecuteAsync("create table began as select clock_timestamp() as at");

        var ids = await system.AcceptManyAsync(6);

        await system.UntilAsync(async () => await system.CountAsync("select count(*) from reasons where reason like '2 messages a second: %reputation'") > 0,
            () => "nothing says why it waits");
        var waiting = (await Task.WhenAll(ids.Select(id => Items(system).OfMessageAsync(id, CancellationToken.None)))).SelectMany(items => items);
        Assert.All(waiting.Where(item => item.State != "sending"), item => Assert.Contains("reputation", item.Reason));
        await system.UntilQueueIsEmptyAsync();

        Assert.Equal(6, sink.Messages.Count);
        var milliseconds = await system.CountAsync("select (extract(epoch from max(ended_at) - (select at from began)) * 1000)::bigint from delivery_attempts");
        Assert.InRange(milliseconds, 1_500, 30_000);
    }

    [Fact]
    public async Task Mail_of_test_keys_is_not_throttled()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(
            sink.EndPoint, settings: [.. Quick, ("Mail:Shaping:UsualPerSecond", "1"), ("Mail:Delivery:CaptureAddress", sink.EndPoint.ToString())]);
        await JudgeAsync(system, "throttled");
        await system.StartWorkerAsync();

        foreach (var _ in Enumerable.Range(0, 5))
            await system.WhenAsync(await system.AcceptAsync(mode: SendingMode.Test), MessageStatus.Sent);
    }

    [Fact]
    public async Task An_organization_stopped_by_its_reputation_waits_for_the_review()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: Quick);
        var id = await system.AcceptAsync();
        await JudgeAsync(system, "disabled");
        var worker = await system.StartWorkerAsync();

        Assert.NotNull(worker.Services.GetRequiredService<Holds>().On(HoldScope.Organization, system.Caller.Organization.ToString()));
        Assert.Equal("sending is paused because of its reputation, until a review",
            Assert.Single(await Items(system).OfMessageAsync(id, CancellationToken.None)).Reason);
        Assert.Empty(sink.Messages);

        await system.ExecuteAsync("delete from reputation");
        await system.WhenAsync(id, MessageStatus.Sent);
    }

    [Fact]
    public async Task A_recipient_domain_slowed_down_by_the_operator_leaves_the_others_alone()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: [.. Quick, ("Mail:Shaping:UsualPerSecond", "1")]);
        await system.Front.Services.GetRequiredService<HoldStore>().PlaceAsync(
            [new(HoldScope.Domain, "slow.test", false, "asked to", null, 0.1)], CancellationToken.None);
        var slow = await system.AcceptManyAsync(20, (i, message) => message with { Recipients = [WorkerSystem.To($"u{i}@slow.test")] });
        var others = await system.AcceptManyAsync(20);
        await system.StartWorkerAsync();

        foreach (var id in others)
            await system.WhenAsync(id, MessageStatus.Sent);

        Assert.InRange(await system.CountAsync("select count(*) from delivery_queue where domain = 'slow.test'"), 1, slow.Count);
    }

    [Fact]
    public async Task Of_automatic_holds_the_stricter_stays()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var store = system.Front.Services.GetRequiredService<HoldStore>();
        async Task<(double? Factor, string Reason)> AfterAsync(double? factor, int minutes)
        {
            await store.PlaceAsync([new(HoldScope.Destination, "mx.test", true, $"{factor} {minutes}", TimeSpan.FromMinutes(minutes), factor)], CancellationToken.None);
            var hold = Assert.Single(await store.ListAsync(CancellationToken.None));
            return (hold.Factor is { } left ? Math.Round(left, 3) : null, hold.Reason);
        }

        Assert.Equal((0.5, "0.5 10"), await AfterAsync(0.5, 10));
        Assert.Equal((0.5, "0.5 10"), await AfterAsync(0.7, 5));
        Assert.Equal((0.5, "0.7 20"), await AfterAsync(0.7, 20));
        Assert.Equal((0.2, "0.2 5"), await AfterAsync(0.2, 5));
        Assert.Equal((null, " 5"), await AfterAsync(null, 5));
        Assert.Equal((null, " 5"), await AfterAsync(0.1, 60));
        Assert.Equal((null, " 5"), await AfterAsync(null, 1));
        await system.ExecuteAsync("update delivery_holds set until = now()");
        Assert.Empty(await store.ListAsync(CancellationToken.None));
        Assert.Single(await store.ListAsync(TimeSpan.FromMinutes(10), CancellationToken.None));
        Assert.Equal((0.9, "0.9 1"), await AfterAsync(0.9, 1));
    }

    private static QueueOperationsStore Items(WorkerSystem system) =>
        new(system.Database, system.Front.Services.GetRequiredService<HoldStore>());

    private static Task JudgeAsync(WorkerSystem system, string status) => system.ExecuteAsync(
        $"""
        insert into reputation (organization_id, domain_id, status, score, sent, hard_bounced, complained)
        values ('{system.Caller.Organization.Value}', '{Nobody}', '{status}', 0, 100, 10, 0)
        """);

    private static Task<MessageId> SendAsync(WorkerSystem system) =>
        system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("ann@busy.test")] });

    private static async Task<WorkerSystem> DirectAsync(ScriptedSmtpServer sink, string rules)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, rules);
        return await WorkerSystem.CreateAsync(
            resolver: new FakeDnsResolver(new DnsZone().Mx("busy.test", 10, "mx.busy.test").A("mx.busy.test", "127.0.0.1")), settings:
            [
                ("Mail:Delivery:Mode", "direct"), ("Mail:Delivery:AllowPrivateAddresses", "true"),
                ("Mail:Delivery:MxPort", ((IPEndPoint)sink.EndPoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("Mail:Shaping:RulesFile", file), .. Quick,
            ]);
    }
}
