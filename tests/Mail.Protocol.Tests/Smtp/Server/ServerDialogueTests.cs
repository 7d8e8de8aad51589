using System.Net.Security;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp.Server;

public sealed class ServerDialogueTests
{
    public static TheoryData<string> Files => DialogueFiles.All("Server");

    public static TheoryData<string> FilesToChop => DialogueFiles.Without("Server", "octetwise");

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Dialogue_goes_as_written(string file) => await RunAsync(DialogueFiles.Load("Server", file), 0);

    [Theory]
    [MemberData(nameof(FilesToChop))]
    public async Task Dialogue_goes_as_written_octet_by_octet(string file) => await RunAsync(DialogueFiles.Load("Server", file), 1);

    private static async Task RunAsync(SmtpDialogue dialogue, int pieces)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var certificates = new TestCertificates();
        using var certificate = certificates.Issue("mx.local.test");
        var (client, server) = DuplexStream.CreatePair();
        var session = new MiniSmtpSession(server, new SslServerAuthenticationOptions { ServerCertificate = certificate });
        var serving = ServeAsync(session, server, limit.Token);
        Stream wire = pieces == 0 ? client : new ChoppedStream(client, pieces);
        await dialogue.RunAsync(wire, limit.Token);
        await client.DisposeAsync();
        await serving;
        if (dialogue.Settings.TryGetValue("messages", out var count))
            Assert.Equal(int.Parse(count, null), session.Messages.Count);
        if (dialogue.Settings.TryGetValue("content", out var content))
            Assert.Equal(DialogueFiles.Unescape(content), session.Messages[^1]);
    }

    private static async Task ServeAsync(MiniSmtpSession session, DuplexStream stream, CancellationToken cancellationToken)
    {
        await using (stream)
            await session.RunAsync(cancellationToken);
    }
}
