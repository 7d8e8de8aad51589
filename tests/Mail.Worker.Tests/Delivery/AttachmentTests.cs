using System.Security.Cryptography;
using System.Text;
using Mail.Core.Messages;
using Mail.Protocol.Mime;
using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;
using Mail.Worker.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Delivery;

[Collection(MemoryCollection.Name)]
public sealed class AttachmentTests
{
    private const int Large = 25_000_000;

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
    public async Task A_large_attachment_arrives_as_it_was_and_costs_the_size_of_its_mail_once()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: await BlobsAsync());
        var content = RandomNumberGenerator.GetBytes(Large);
        await system.AcceptAsync(message => message with { Attachments = [new OutgoingAttachment("report.bin", null, null, content)] });
        var job = Assert.Single(await system.ClaimAsync("test"));
        var builder = system.BuildWorker().Services.GetRequiredService<MessageBuilder>();
        var before = GC.GetTotalAllocatedBytes();

        using var message = Assert.IsType<BuildOutcome.Built>(await builder.BuildAsync(job, "mx", CancellationToken.None)).Message;

        // The mail in pieces, and what reading it in pieces takes; nothing that is as large as the file.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, message.Octets.Length * 5 / 4);
        Assert.All(Pieces(message), piece => Assert.InRange(piece, 0, 1 << 20));
        using var parsed = new MemoryStream();
        foreach (var piece in message.Octets)
            parsed.Write(piece.Span);
        var mail = MimeMessage.Parse(parsed.ToArray());
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await ReadAsync(mail.Attachments.Single().OpenContent())));
    }

    [Fact]
    public async Task A_mail_within_a_mail_is_attached_as_it_was()
    {
        await using var system = await WorkerSystem.CreateAsync(settings: await BlobsAsync());
        var content = "Subject: inner\r\n\r\nHello.\r\n"u8.ToArray();
        await system.AcceptAsync(message => message with { Attachments = [new OutgoingAttachment("a.eml", "message/rfc822", null, content)] });
        var job = Assert.Single(await system.ClaimAsync("test"));

        var builder = system.BuildWorker().Services.GetRequiredService<MessageBuilder>();
        using var message = Assert.IsType<BuildOutcome.Built>(await builder.BuildAsync(job, "mx", CancellationToken.None)).Message;

        var text = Encoding.ASCII.GetString(message.Octets);
        Assert.Contains("Content-Transfer-Encoding: 7bit\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Subject: inner\r\n\r\nHello.\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_messages_wait_for_others_to_their_destination_and_small_ones_for_nothing()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.AcceptAsync();
        var memory = system.BuildWorker(("Mail:Queue:MaxAttachedBytesInMemory", "10000000")).Services.GetRequiredService<MessageMemory>();
        var small = Assert.Single(await system.ClaimAsync("test"));
        var large = small with { Attachments = [Of(3_000_000)] };

        var first = await memory.TakeAsync(large, "mx", CancellationToken.None);
        var second = memory.TakeAsync(large, "mx", CancellationToken.None).AsTask();
        (await memory.TakeAsync(small, "mx", CancellationToken.None)).Dispose();
        (await memory.TakeAsync(large, "other", CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
        Assert.False(second.IsCompleted);

        first.Dispose();
        (await second).Dispose();
    }

    private static StoredAttachment Of(int bytes) => new("a", null, null, "00", bytes, null);

    private static async Task<(string, string)[]> BlobsAsync() => [("ConnectionStrings:blobs", (await AzuriteServer.SharedAsync()).ConnectionString)];

    private static IEnumerable<int> Pieces(BuiltMessage message)
    {
        foreach (var piece in message.Octets)
            yield return piece.Length;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        await using (stream)
        {
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            return copy.ToArray();
        }
    }
}

/// <summary>Beside other tests, what is allocated would be theirs too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}
