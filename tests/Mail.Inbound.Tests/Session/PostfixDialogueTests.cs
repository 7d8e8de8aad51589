using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mail.Inbound.Session;
using Mail.TestKit.Smtp;

namespace Mail.Inbound.Tests.Session;

/// <summary>What the dialogues expect is what Postfix does, except where a file says why not: <c>! set postfix no</c>.</summary>
public sealed class PostfixDialogueTests(PostfixDialogueTests.Fixture postfix) : IClassFixture<PostfixDialogueTests.Fixture>
{
    public static TheoryData<string> Files => [.. DialogueFiles.Names.Where(Applies)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Postfix_agrees_with_the_dialogue(string file)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var dialogue = DialogueFiles.Load(file);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(DialogueFiles.KindOf(dialogue) switch
        {
            SmtpServiceKind.Exchange => postfix.Server.EndPoint,
            SmtpServiceKind.Submission => postfix.Server.SubmissionEndPoint,
            _ => postfix.Server.SubmissionTlsEndPoint,
        }, limit.Token);
        await using var stream = new NetworkStream(socket);
        await dialogue.RunAsync(stream, limit.Token);
    }

    private static bool Applies(string name) => DialogueFiles.Load(name).Settings.GetValueOrDefault("postfix") != "no";

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TestCertificates _certificates = new();
        private X509Certificate2? _certificate;

        public PostfixServer Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            _certificate = _certificates.Issue("mx.local.test");
            Server = await PostfixServer.StartAsync(_certificate, limit.Token, password: InboundFixture.ApiKey,
                settings: ["smtpd_forbid_bare_newline = reject", "smtpd_recipient_limit = 100", "relay_domains_reject_code = 550"]);
        }

        public async Task DisposeAsync()
        {
            await Server.DisposeAsync();
            _certificate?.Dispose();
            _certificates.Dispose();
        }
    }
}
