using System.Text;
using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp.Differential;

/// <summary>The client against servers written by others, with STARTTLS and a verified certificate.</summary>
public sealed class SmtpClientPeerTests
{
    private static readonly byte[] Message =
        "Subject: peers\r\nFrom: a@client.test\r\n\r\n.dot\r\n..dots\r\n.\r\n\r\nlast line\r\n"u8.ToArray();

    [Theory]
    [InlineData("aiosmtpd")]
    [InlineData("smtp-server")]
    public async Task Peer_reads_the_message_octet_for_octet(string name)
    {
        await using var peer = await Peer.StartAsync(name);
        await using var connection = await peer.ConnectAsync();
        Assert.True(connection.Tls!.IsVerified);
        for (var i = 0; i < 3; i++)
        {
            var envelope = SmtpEnvelope.Create("a@client.test", "one@local.test", "two@local.test") with { EightBit = i > 0 };
            var result = await connection.SendAsync(envelope, Message, peer.Limit);
            Assert.True(result.IsAccepted, result.Failure?.ToString());
            var message = await peer.Server.NextMessageAsync(peer.Limit);
            Assert.Equal(Message, message.Content);
            Assert.Equal("a@client.test", message.From);
            Assert.Equal(["one@local.test", "two@local.test"], message.To);
            Assert.True(message.Tls);
        }
        await connection.QuitAsync(peer.Limit);
    }

    [Theory]
    [InlineData("aiosmtpd")]
    [InlineData("smtp-server")]
    public async Task Peer_reads_awkward_messages_the_same(string name)
    {
        await using var peer = await Peer.StartAsync(name);
        await using var connection = await peer.ConnectAsync();
        var random = new Random(5321);
        for (var round = 0; round < 40; round++)
        {
            var message = RandomLines(random);
            var result = await connection.SendAsync(SmtpEnvelope.Create("a@client.test", "one@local.test"), message, peer.Limit);
            Assert.True(result.IsAccepted, result.Failure?.ToString());
            var received = await peer.Server.NextMessageAsync(peer.Limit);
            Assert.Equal(Encoding.ASCII.GetString(message), Encoding.ASCII.GetString(received.Content));
        }
    }

    [Theory]
    [InlineData("aiosmtpd", "correct", true)] // PLAIN
    [InlineData("aiosmtpd", "wrong", false)]
    [InlineData("smtp-server", "correct", true)] // LOGIN
    [InlineData("smtp-server", "wrong", false)]
    public async Task Peer_checks_the_password(string name, string password, bool accepted)
    {
        await using var peer = await Peer.StartAsync(name);
        var transcript = new SmtpTranscript(TimeProvider.System);
        var result = await peer.TryConnectAsync(options => options with
        {
            Credentials = new SmtpCredentials.Password("user@client.test", password),
            Transcript = transcript,
        });
        Assert.DoesNotContain(transcript.Entries, entry => entry.Text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(password))));
        if (result is SmtpConnectResult.Failed(var failure))
        {
            Assert.False(accepted, failure.ToString());
            Assert.Equal((SmtpStage.Auth, SmtpCause.Refused, 535), (failure.Stage, failure.Cause, failure.Reply!.Code));
            return;
        }
        await using var connection = Assert.IsType<SmtpConnectResult.Connected>(result).Connection;
        Assert.True(accepted);
        await connection.SendAsync(SmtpEnvelope.Create("a@client.test", "one@local.test"), Message, peer.Limit);
        Assert.Equal("user@client.test", (await peer.Server.NextMessageAsync(peer.Limit)).Login);
    }

    [Theory]
    [InlineData("correct", true)]
    [InlineData("wrong", false)]
    public async Task Peer_checks_the_access_token(string token, bool accepted)
    {
        await using var peer = await Peer.StartAsync("smtp-server");
        var result = await peer.TryConnectAsync(options => options with
        {
            Credentials = new SmtpCredentials.AccessToken("user@client.test", token),
        });
        Assert.Equal(accepted, result is SmtpConnectResult.Connected);
        if (result is SmtpConnectResult.Connected(var connection))
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task Peer_reads_international_addresses()
    {
        await using var peer = await Peer.StartAsync("aiosmtpd");
        await using var connection = await peer.ConnectAsync();
        var result = await connection.SendAsync(SmtpEnvelope.Create("böb@client.test", "jörg@local.test"), Message, peer.Limit);
        Assert.True(result.IsAccepted, result.Failure?.ToString());
        var message = await peer.Server.NextMessageAsync(peer.Limit);
        Assert.Equal(("böb@client.test", "jörg@local.test"), (message.From, message.To[0]));
        Assert.Contains("SMTPUTF8", message.Options);
    }

    private static byte[] RandomLines(Random random)
    {
        var text = new StringBuilder("Subject: x\r\n\r\n");
        string[] pieces = [".", "..", "\r\n", "\r\n.", "x", "\r\n..", " ", "\r\n.\r\n", "\r\n" + new string('y', 200) + "\r\n"];
        for (var i = 0; i < random.Next(60); i++)
            text.Append(pieces[random.Next(pieces.Length)]);
        return Encoding.ASCII.GetBytes(text.Append("z\r\n").ToString());
    }

    private sealed class Peer(TestCertificates certificates, PeerServer server) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

        public PeerServer Server => server;

        public CancellationToken Limit => _limit.Token;

        public static async Task<Peer> StartAsync(string name)
        {
            var certificates = new TestCertificates();
            return new Peer(certificates, await PeerServer.StartAsync(name, certificates.Issue("mx.local.test")));
        }

        public Task<SmtpConnectResult> TryConnectAsync(Func<SmtpClientOptions, SmtpClientOptions> configure) =>
            SmtpClientConnection.ConnectAsync(server.EndPoint, configure(new SmtpClientOptions
            {
                LocalName = "client.test",
                Tls = SmtpTlsMode.Verified,
                ServerName = "mx.local.test",
                TrustedRoots = [certificates.Authority],
            }), Limit);

        public async Task<SmtpClientConnection> ConnectAsync() =>
            Assert.IsType<SmtpConnectResult.Connected>(await TryConnectAsync(options => options)).Connection;

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            certificates.Dispose();
            _limit.Dispose();
        }
    }
}
