using Mail.Core.Messages;
using Mail.TestKit.Smtp;
using Mail.Worker.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Delivery;

public sealed class AttachmentTests
{
    [Fact]
    public async Task A_message_is_deferred_while_its_attachments_cannot_be_read()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var id = await system.AcceptAsync();
        await system.ExecuteAsync(
            """update message_contents set attachments = '[{"fileName": "a.pdf", "sha256": "00", "size": 3}]'""");

        await system.StartWorkerAsync();

        await system.WhenAsync(id, MessageStatus.Deferred);
        var attempt = Assert.Single(await system.AttemptsAsync(id));
        Assert.Equal(("build", "attachments"), (attempt.Stage, attempt.Cause));
        Assert.Equal(0, sink.Connections);
    }

    [Fact]
    public async Task Messages_without_attachments_share_nothing_either()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.AcceptAsync();
        var job = Assert.Single(await system.ClaimAsync("test"));
        var reader = system.BuildWorker().Services.GetRequiredService<AttachmentReader>();

        using var one = await reader.ReadAsync(job, CancellationToken.None);
        using var other = await reader.ReadAsync(job, CancellationToken.None);

        Assert.NotSame(one, other);
    }
}
