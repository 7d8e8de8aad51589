using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;
using static Mail.Protocol.Tests.Smtp.Client.SmtpClientFixture;

namespace Mail.Protocol.Tests.Smtp.Client;

public sealed class SmtpEnvelopeTests
{
    private static readonly SmtpEnvelope International = SmtpEnvelope.Create("böb@grün.test", "jörg@mx.test");

    // RFC 6531 §3.4, RFC 6152 §3, RFC 8689 §4.2.1
    [Fact]
    public async Task Message_that_needs_a_missing_extension_is_not_begun()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = ["PIPELINING"] });
        await using var connection = await ConnectAsync(server);
        (SmtpEnvelope, string)[] cases =
        [
            (International, "SMTPUTF8"), (Envelope with { Utf8 = true }, "SMTPUTF8"),
            (Envelope with { EightBit = true }, "8BITMIME"), (Envelope with { RequireTls = true }, "REQUIRETLS"),
        ];
        foreach (var (envelope, extension) in cases)
        {
            var result = await connection.SendAsync(envelope, Message, Limit);
            Assert.Equal((SmtpCause.ExtensionMissing, extension), (result.Failure!.Cause, result.Failure.Detail));
            Assert.False(result.Failure.IsTransient);
            Assert.True(result.IsConnectionUsable);
        }
        Assert.Equal(["EHLO client.test"], server.Commands);
    }

    [Fact]
    public async Task International_addresses_travel_as_utf8()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        var envelope = International with { Recipients = [International.Recipients[0] with { OriginalRecipient = "jörg@mx.test" }] };
        Assert.True((await connection.SendAsync(envelope, Message, Limit)).IsAccepted);
        Assert.Equal("<böb@grün.test> SIZE=41 SMTPUTF8", server.Messages[0].ReversePath);
        Assert.Equal("<jörg@mx.test> ORCPT=utf-8;j\\x{F6}rg@mx.test", server.Messages[0].Recipients[0]); // RFC 6533 §3
    }

    [Fact]
    public async Task Message_over_the_offered_size_is_not_begun()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = ["SIZE 40"] });
        await using var connection = await ConnectAsync(server);
        var result = await connection.SendAsync(Envelope, Message, Limit);
        Assert.Equal(SmtpCause.SizeExceeded, result.Failure!.Cause);
        Assert.Equal(["EHLO client.test"], server.Commands);
    }

    [Fact]
    public async Task Quoted_local_part_is_quoted_again()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        Assert.True(SmtpPath.TryCreate("a \"b\"> RCPT", "mx.test", out var path));
        var envelope = new SmtpEnvelope { ReturnPath = SmtpPath.Null, Recipients = [new SmtpRecipient(path)] };
        Assert.True((await connection.SendAsync(envelope, Message, Limit)).IsAccepted);
        Assert.Equal("<\"a \\\"b\\\"> RCPT\"@mx.test>", server.Messages[0].Recipients[0]);
    }

    [Fact]
    public async Task Misuse_is_an_exception()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        SmtpEnvelope[] misused =
        [
            Envelope with { Recipients = [] },
            Envelope with { Recipients = [new SmtpRecipient(SmtpPath.Null)] },
            Envelope with { EnvelopeId = new string('x', 101) },
            Envelope with { MailParameters = [new SmtpParameter("X", "a b")] },
            Envelope with { MailParameters = [new SmtpParameter("X\r\nRSET", null)] },
        ];
        foreach (var envelope in misused)
            await Assert.ThrowsAsync<ArgumentException>(async () => await connection.SendAsync(envelope, Message, Limit));
        Assert.True(connection.IsUsable);
    }

    [Fact]
    public async Task Password_is_not_sent_without_tls()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = ["AUTH PLAIN LOGIN"] });
        var credentials = new SmtpCredentials.Password("user", "secret");
        Assert.Equal(SmtpCause.AuthUnavailable, (await FailToConnectAsync(server, Options with { Credentials = credentials })).Cause);
        Assert.Equal(["EHLO client.test"], server.Commands);
        await using var connection = await ConnectAsync(server, Options with { Credentials = credentials, AllowPlainTextAuth = true });
        Assert.Equal("AUTH PLAIN AHVzZXIAc2VjcmV0", server.Commands[^1]);
        Assert.DoesNotContain("secret", credentials.ToString());
    }
}
