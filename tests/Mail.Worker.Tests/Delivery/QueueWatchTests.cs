using Mail.Core.Messages;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Delivery;

public sealed class QueueWatchTests
{
    [Fact]
    public async Task A_signal_wakes_a_worker_that_hardly_polls()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Queue:PollInterval", "00:01:00"));
        await system.StartWorkerAsync();
        const string Listeners =
            "select count(*) from pg_stat_activity where query = 'listen mail_queue' and state = 'idle' and datname = current_database()";
        await system.UntilAsync(async () => await system.CountAsync(Listeners) == 1, () => "the worker does not listen");

        var id = await system.AcceptAsync();

        await system.WhenAsync(id, MessageStatus.Sent);
    }
}
