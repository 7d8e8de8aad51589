using System.Text.Json;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.TestKit.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Maintenance;

public sealed class LateNoticeTests
{
    [Fact]
    public async Task What_waits_under_a_hold_is_told_to_be_late_once_with_the_reason()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.Front.Services.GetRequiredService<HoldStore>().PlaceAsync(
            [new(HoldScope.Domain, "example.test", false, "checking", null)], CancellationToken.None);
        await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("ann@example.test"), WorkerSystem.To("bob@example.test")] });

        Assert.Equal(1, await TellAsync(system));
        Assert.Equal(0, await TellAsync(system));

        Assert.Equal(["ann@example.test held checking", "bob@example.test held checking"], await DelayedAsync(system));
    }

    [Fact]
    public async Task Reason_is_what_a_worker_noted_or_the_server_said_or_that_it_waits_for_its_turn()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().On("RCPT", SmtpStep.Reply("450 4.2.0 greylisted")));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var worker = await system.StartWorkerAsync();
        await system.WhenAsync(await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("a@example.test")] }), MessageStatus.Deferred);
        await worker.StopAsync();
        await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("b@example.test")] });
        await system.ExecuteAsync("update delivery_queue set ready = false, due_at = now() + interval '1 hour', wait_reason = 'done for today' where attempts = 0");
        await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("c@example.test")] });

        Assert.Equal(3, await TellAsync(system));

        Assert.Equal(
            ["a@example.test deferred greylisted", "b@example.test waiting done for today", "c@example.test waiting it waits for its turn"],
            await DelayedAsync(system));
    }

    [Fact]
    public async Task What_is_young_or_under_way_is_left_alone()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.AcceptAsync();
        Assert.Equal(0, await TellAsync(system, TimeSpan.FromHours(4)));
        Assert.Single(await system.ClaimAsync("worker"));

        Assert.Equal(0, await TellAsync(system));
    }

    [Fact]
    public async Task Notices_go_on_behind_those_that_were_told()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.AcceptManyAsync(5);
        var store = system.Front.Services.GetRequiredService<LateNoticeStore>();
        var (first, last) = await store.TellAsync(default, TimeSpan.Zero, 3, CancellationToken.None);
        var (second, end) = await store.TellAsync(last, TimeSpan.Zero, 3, CancellationToken.None);

        Assert.Equal((3, 2), (first, second));
        Assert.Equal((0, end), await store.TellAsync(end, TimeSpan.Zero, 3, CancellationToken.None));
    }

    private static async Task<int> TellAsync(WorkerSystem system, TimeSpan age = default) =>
        (await system.Front.Services.GetRequiredService<LateNoticeStore>().TellAsync(default, age, 100, CancellationToken.None)).Count;

    private static async Task<List<string>> DelayedAsync(WorkerSystem system)
    {
        await using var command = system.Database.CreateCommand("select data::text from events where type = 'mail.delivery.delayed' order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var told = new List<string>();
        while (await reader.ReadAsync())
        {
            var data = JsonDocument.Parse(reader.GetString(0)).RootElement;
            told.Add($"{data.GetProperty("recipient")} {data.GetProperty("cause")} {data.GetProperty("reply")}");
        }
        return told;
    }
}
