using Mail.Core.Messages;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Delivery;

public sealed class PoisonTests
{
    [Fact]
    public async Task What_loses_its_worker_again_and_again_fails_with_a_reason_and_others_go_on()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Queue:MaxFaults", "3"));
        var poison = await system.AcceptAsync();
        // As workers leave it that die with it in their hands.
        for (var i = 0; i < 2; i++)
        {
            Assert.Single(await system.ClaimAsync("dead"));
            await system.ExecuteAsync("update delivery_queue set due_at = now() where leased_by is not null");
        }
        await system.ExecuteAsync("update delivery_queue set faults = 3, ready = true");
        var other = await system.AcceptAsync();

        await system.StartWorkerAsync();

        await system.WhenAsync(other, MessageStatus.Sent);
        await system.WhenAsync(poison, MessageStatus.Failed);
        var attempt = Assert.Single(await system.AttemptsAsync(poison));
        Assert.Equal(("failed", "claim", "repeated_faults"), (attempt.Outcome, attempt.Stage, attempt.Cause));
        Assert.Single(sink.Messages);
    }

    [Fact]
    public async Task A_suspect_that_is_innocent_is_delivered()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var ids = await system.AcceptManyAsync(5);
        await system.ExecuteAsync("update delivery_queue set faults = 2");

        await system.StartWorkerAsync();

        foreach (var id in ids)
            await system.WhenAsync(id, MessageStatus.Sent);
    }

    [Fact]
    public async Task What_must_not_arrive_twice_is_not_tried_again_when_its_end_is_uncertain()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().Next(SmtpScript.EndOfData, SmtpStep.Drop));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with { Guarantee = DeliveryGuarantee.AtMostOnce });

        await system.WhenAsync(id, MessageStatus.Failed);
        Assert.Equal("uncertain", Assert.Single(await system.AttemptsAsync(id)).Outcome);
        Assert.Equal(0, await system.CountAsync("select count(*) from delivery_queue"));
        Assert.Equal(1, await system.CountAsync("select count(*) from events where type = 'mail.message.failed'"));
    }

    [Fact]
    public async Task What_must_not_arrive_twice_is_given_up_when_its_worker_was_lost_in_the_transaction()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var id = await system.AcceptAsync(message => message with { Guarantee = DeliveryGuarantee.AtMostOnce });
        await system.ExecuteAsync("update delivery_queue set started = true, faults = 1");

        await system.StartWorkerAsync();

        await system.WhenAsync(id, MessageStatus.Failed);
        var attempt = Assert.Single(await system.AttemptsAsync(id));
        Assert.Equal(("uncertain", "worker_lost"), (attempt.Outcome, attempt.Cause));
        Assert.Empty(sink.Messages);
    }

    [Fact]
    public async Task What_must_not_arrive_twice_is_delivered_after_a_temporary_refusal()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().Next("RCPT", SmtpStep.Reply("450 4.2.0 greylisted")));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();
        var id = await system.AcceptAsync(message => message with { Guarantee = DeliveryGuarantee.AtMostOnce });
        await system.WhenAsync(id, MessageStatus.Deferred);

        await system.ExecuteAsync("update delivery_queue set due_at = now()");

        await system.WhenAsync(id, MessageStatus.Sent);
        Assert.Single(sink.Messages);
    }
}
