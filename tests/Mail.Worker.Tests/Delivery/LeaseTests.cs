using System.Collections.Concurrent;
using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;
using Mail.Worker.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Delivery;

public sealed class LeaseTests
{
    [Fact]
    public async Task Two_workers_never_deliver_the_same_item()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Queue:ClaimBatch", "20"));
        await system.AcceptManyAsync(300);

        await system.StartWorkerAsync();
        await system.StartWorkerAsync();

        await system.UntilQueueIsEmptyAsync();
        Assert.Equal(300, sink.Messages.Count);
        Assert.Equal(300, await system.CountAsync("select count(*) from messages where status = 'sent'"));
        Assert.Equal(300, await system.CountAsync("select count(*) from delivery_attempts"));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_nothing_and_lets_go()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().On(SmtpScript.EndOfData, SmtpStep.Hang));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Queue:Lease", "00:00:03"));
        var worker = await system.StartWorkerAsync();
        var id = await system.AcceptAsync();
        await system.UntilAsync(() => Task.FromResult(sink.Commands.Contains("DATA")), () => "the transaction did not start");

        // As another worker's claim does.
        await system.ExecuteAsync("update delivery_queue set lease_token = lease_token + 1, leased_by = 'other', due_at = now() + interval '1 hour'");

        var held = worker.Services.GetRequiredService<HeldItems>();
        await system.UntilAsync(() => Task.FromResult(held.Count == 0), () => "the item is still held");
        Assert.Empty(await system.AttemptsAsync(id));
        Assert.Equal(1, await system.CountAsync("select count(*) from delivery_queue where leased_by = 'other'"));
    }

    [Fact]
    public async Task Without_its_lease_no_message_is_ended_even_while_somebody_else_is_about_to_cut_it()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.AcceptAsync();
        using var worker = system.BuildWorker();
        var item = new HeldItem(Assert.Single(await system.ClaimAsync("first")), DateTimeOffset.UtcNow, 0);
        var content = new LeasedContent(
            SmtpContent.From("Subject: S\r\n\r\n"u8.ToArray()), item, worker.Services.GetRequiredService<Recorder>(), isLeased: () => false);
        // The loop that renews leases cuts it, and has not come to the connection.
        using ManualResetEventSlim cutting = new(), goOn = new();
        item.WhenCut.Register(() =>
        {
            cutting.Set();
            goOn.Wait();
        });
        var cut = Task.Run(item.Cut);
        cutting.Wait();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await content.WriteToAsync(Stream.Null, CancellationToken.None));

        goOn.Set();
        await cut;
    }

    [Fact]
    public async Task A_delivery_longer_than_its_lease_keeps_it()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().On(SmtpScript.EndOfData, SmtpStep.Hang));
        // Nothing looks at the queue a second time: only a renewal moves the lease, however late it comes.
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings:
            [("Mail:Queue:Lease", "00:00:03"), ("Mail:Queue:DrainTimeout", "00:00:00"), ("Mail:Queue:PollInterval", "00:01:00")]);
        await system.AcceptAsync();
        await system.StartWorkerAsync();
        await sink.Hung;
        await system.ExecuteAsync("create table first_lease as select due_at from delivery_queue");

        await system.UntilAsync(
            async () => await system.CountAsync("select count(*) from delivery_queue q, first_lease f where q.due_at > f.due_at") == 1,
            () => "the lease was not renewed");
        Assert.Equal(1, await system.CountAsync("select count(*) from delivery_queue where lease_token = 1"));
    }

    [Fact]
    public async Task A_record_that_is_written_twice_counts_once()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var id = await system.AcceptAsync();
        var store = system.Front.Services.GetRequiredService<QueueStore>();
        var job = Assert.Single(await system.ClaimAsync("first"));
        var verdict = new Verdict(DeliveryOutcome.Deferred, DeliveryStage.RcptTo, DeliveryCause.Reply, 450);
        var item = new HeldItem(job, DateTimeOffset.UtcNow, 0);
        var record = new AttemptRecords(
            Microsoft.Extensions.Options.Options.Create(new RetryOptions()), new Conversations(Microsoft.Extensions.Options.Options.Create(new Mail.Core.Queue.ConversationOptions())),
            system.Front.Services.GetRequiredService<Mail.Core.Sandbox.SandboxDomain>(), new WorkerName("first"))
            .Of(item, Attempt.Ended.ForAll(1, verdict), DateTimeOffset.UtcNow, TimeSpan.Zero);

        Assert.Single(await store.RecordAsync([record], CancellationToken.None));
        Assert.Empty(await store.RecordAsync([record], CancellationToken.None));

        Assert.Single(await system.AttemptsAsync(id));
    }

    [Fact]
    public async Task A_stop_gives_back_what_has_not_started()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().On(SmtpScript.EndOfData, SmtpStep.Hang));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings:
            [("Mail:Connections:PerRelay", "1"), ("Mail:Queue:DrainTimeout", "00:00:00")]);
        await system.AcceptManyAsync(20);
        var worker = await system.StartWorkerAsync();
        await sink.Hung;

        await worker.StopAsync();

        Assert.Equal(20, await system.CountAsync("select count(*) from delivery_queue where leased_by is null"));
        // At once, or a little later when it was noticed before the stop that the server hangs; a lease would be longer.
        Assert.Equal(19, await system.CountAsync("select count(*) from delivery_queue where attempts = 0 and due_at <= now() + interval '10 seconds'"));
        Assert.Equal(1, await system.CountAsync("select count(*) from delivery_attempts where outcome = 'uncertain'"));
    }

    [Fact]
    public async Task Starting_and_stopping_workers_loses_nothing()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Queue:ClaimBatch", "10"));
        await system.AcceptManyAsync(200);

        for (var i = 0; i < 10; i++)
        {
            var worker = await system.StartWorkerAsync();
            await system.UntilAsync(() => Task.FromResult(sink.Messages.Count >= Math.Min(200, 15 * (i + 1))), () => "nothing is delivered");
            await worker.StopAsync();
            Assert.Equal(0, worker.Services.GetRequiredService<HeldItems>().Count);
        }
        await system.StartWorkerAsync();

        await system.UntilQueueIsEmptyAsync();
        Assert.Equal(200, await system.CountAsync("select count(*) from messages where status = 'sent'"));
        Assert.Equal(200, sink.Messages.Count);
    }

    [Fact]
    public async Task A_restart_of_the_database_loses_nothing()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, server: server, settings:
            [("Mail:Queue:ClaimBatch", "20"), ("Mail:Queue:Lease", "00:00:05")]);
        var ids = await system.AcceptManyAsync(300);
        await system.StartWorkerAsync();
        await system.UntilAsync(() => Task.FromResult(sink.Messages.Count >= 30), () => "nothing is delivered");

        await server.KillAsync();
        await server.StartAgainAsync();

        await system.UntilAsync(async () =>
        {
            try
            {
                return await system.CountAsync("select count(*) from delivery_queue") == 0;
            }
            catch (Npgsql.NpgsqlException)
            {
                return false; // a pooled connection to the server that was killed
            }
        }, () => "the queue is not empty");
        Assert.Equal(300, await system.CountAsync("select count(*) from messages where status = 'sent'"));
        var delivered = new ConcurrentBag<string>(sink.Messages.Select(message => MessageIdOf(message.Content)));
        Assert.Equal(ids.Select(id => id.ToString()).Order(), delivered.Distinct().Order());
    }

    private static string MessageIdOf(byte[] content)
    {
        var text = System.Text.Encoding.ASCII.GetString(content);
        var start = text.IndexOf("\r\nMessage-ID: <", StringComparison.Ordinal) + "\r\nMessage-ID: <".Length;
        return text[start..text.IndexOf('@', start)];
    }
}
