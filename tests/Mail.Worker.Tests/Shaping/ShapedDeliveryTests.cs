using System.Net;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.TestKit;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;
using Mail.Worker.Delivery;
using Mail.Worker.Shaping;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Shaping;

public sealed class ShapedDeliveryTests
{
    private static readonly (string, string)[] Quick =
        [("Mail:Shaping:HoldInterval", "00:00:00.020"), ("Mail:Shaping:ReportInterval", "00:00:00.020")];

    [Fact]
    public async Task A_destination_that_asks_for_a_pause_gets_nothing_and_what_waits_says_why()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().On("MAIL", SmtpStep.Reply("421 4.7.28 unusual rate of mail")));
        await using var system = await DirectAsync(sink, new DnsZone().Mx("busy.test", 10, "mx.busy.test").A("mx.busy.test", "127.0.0.1"));
        await system.StartWorkerAsync();
        var first = await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("ann@busy.test")] });
        await system.WhenAsync(first, MessageStatus.Deferred);

        await system.AcceptManyAsync(20, (i, message) => message with { Recipients = [WorkerSystem.To($"u{i}@busy.test")] });
        await system.UntilAsync(async () => await system.CountAsync(
                "select count(*) from delivery_holds where scope = 'destination' and name = 'mx.busy.test' and origin = 'automatic' and until > now() + interval '5 min'") == 1,
            () => "no hold was placed");

        await system.UntilAsync(async () => await system.CountAsync(
                "select count(*) from delivery_destination_states where destination = 'mx.busy.test' and reason like '421 %' and until is not null") == 1,
            () => "the state was not told");
        Assert.Equal(1, await system.CountAsync("select count(distinct message_id) from delivery_attempts"));
        Assert.Equal(20, await system.CountAsync("select count(*) from delivery_queue where attempts = 0 and leased_by is null"));
        await system.UntilAsync(async () => await system.CountAsync(
                "select count(*) from delivery_destinations where domain = 'busy.test' and destination = 'mx.busy.test'") == 1,
            () => "it is not told where the domain leads");
    }

    [Fact]
    public async Task A_hold_stops_a_domain_and_nothing_else_and_lifting_it_lets_it_go()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: Quick);
        var holds = system.Front.Services.GetRequiredService<HoldStore>();
        await holds.PlaceAsync([new(HoldScope.Domain, "held.test", false, "checking", null)], CancellationToken.None);
        var held = await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("ann@held.test")] });
        await system.StartWorkerAsync();

        await system.WhenAsync(await system.AcceptAsync(), MessageStatus.Sent);
        Assert.Equal(MessageStatus.Queued, (await system.FindAsync(held)).Status);

        Assert.True(await holds.LiftAsync(HoldScope.Domain, "held.test", CancellationToken.None));
        await system.WhenAsync(held, MessageStatus.Sent);
    }

    [Fact]
    public async Task What_expires_while_it_is_held_fails()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: Quick);
        await system.Front.Services.GetRequiredService<HoldStore>()
            .PlaceAsync([new(HoldScope.Domain, "example.test", false, "checking", null)], CancellationToken.None);
        var id = await system.AcceptAsync();
        await system.ExecuteAsync("update delivery_queue set give_up_at = now()");

        await system.StartWorkerAsync();

        await system.WhenAsync(id, MessageStatus.Failed);
        Assert.Equal("expired", Assert.Single(await system.AttemptsAsync(id)).Cause);
        Assert.Empty(sink.Messages);
    }

    [Fact]
    public async Task An_organization_on_hold_sends_nothing()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: Quick);
        var holds = system.Front.Services.GetRequiredService<HoldStore>();
        await holds.PlaceAsync(
            [new(HoldScope.Organization, system.Caller.Organization.ToString(), false, "abuse", null)], CancellationToken.None);
        var id = await system.AcceptAsync();

        await system.StartWorkerAsync();
        await system.ExecuteAsync("update delivery_holds set until = now() + interval '2 seconds'");

        await system.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal(1, await system.CountAsync("select count(*) from messages m, delivery_holds h where m.settled_at >= h.until"));
    }

    [Fact]
    public async Task What_cannot_be_reached_is_suspended_and_others_go_on()
    {
        await using var sink = ScriptedSmtpServer.Start();
        var zone = new DnsZone().Mx("dead.test", 10, "mx.dead.test").A("mx.dead.test", "127.0.0.99")
            .Mx("alive.test", 10, "mx.alive.test").A("mx.alive.test", "127.0.0.1");
        await using var system = await DirectAsync(sink, zone);
        await system.AcceptManyAsync(100, (i, message) => message with { Recipients = [WorkerSystem.To($"u{i}@dead.test")] });
        await system.StartWorkerAsync();

        var alive = await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("ann@alive.test")] });

        await system.WhenAsync(alive, MessageStatus.Sent);
        await system.UntilAsync(async () => await system.CountAsync("select count(*) from delivery_holds where name = 'mx.dead.test'") == 1,
            () => "the dead destination is not suspended");
        // The hold is written by itself, the outcomes that led to it by the recorder: each item ends as an attempt or goes back.
        await system.UntilAsync(async () => await system.CountAsync("select count(*) from delivery_queue where leased_by is not null") == 0,
            () => "something is held for a destination that is suspended");
        Assert.InRange(await system.CountAsync("select count(*) from delivery_attempts where outcome = 'deferred'"), 5, 60);
    }

    [Fact]
    public async Task A_rate_is_kept()
    {
        await using var sink = ScriptedSmtpServer.Start();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "provider | slow | slow.test | connections=5 rate=5/s");
        await using var system = await DirectAsync(
            sink, new DnsZone().Mx("slow.test", 10, "mx.slow.test").A("mx.slow.test", "127.0.0.1"), ("Mail:Shaping:RulesFile", file));
        await system.StartWorkerAsync();
        await system.ExecuteAsync("create table began as select clock_timestamp() as at");

        await system.AcceptManyAsync(10, (i, message) => message with { Recipients = [WorkerSystem.To($"u{i}@slow.test")] });

        await system.UntilQueueIsEmptyAsync();
        Assert.Equal(10, sink.Messages.Count);
        var milliseconds = await system.CountAsync("select (extract(epoch from max(ended_at) - (select at from began)) * 1000)::bigint from delivery_attempts");
        Assert.InRange(milliseconds, 1_700, 30_000);
        File.Delete(file);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_hold_ends_by_the_time_of_the_database_whatever_the_host_believes(int daysAhead)
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.ExecuteAsync(
            "insert into delivery_holds (scope, name, origin, reason, until) values ('domain', 'busy.test', 'automatic', 'asked for a pause', now() + interval '1 hour')");

        var worker = await system.StartAsync(builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(new ShiftedTime(TimeSpan.FromDays(daysAhead)));
            builder.AddDelivery();
        });

        var holds = worker.Services.GetRequiredService<Holds>();
        Assert.NotNull(holds.On(HoldScope.Domain, "busy.test"));
        await system.ExecuteAsync("update delivery_holds set until = now()");
        await system.UntilAsync(() => Task.FromResult(holds.On(HoldScope.Domain, "busy.test") is null), () => "the hold has not ended");
    }

    private static Task<WorkerSystem> DirectAsync(ScriptedSmtpServer sink, DnsZone zone, params (string, string)[] settings) =>
        WorkerSystem.CreateAsync(resolver: new FakeDnsResolver(zone), settings:
        [
            ("Mail:Delivery:Mode", "direct"), ("Mail:Delivery:AllowPrivateAddresses", "true"),
            ("Mail:Delivery:MxPort", ((IPEndPoint)sink.EndPoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            .. Quick, .. settings,
        ]);
}
