using System.Net.Security;
using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp.Client;

/// <summary>The client sends the same message to each server that a dialogue file plays.</summary>
public sealed class ClientDialogueTests
{
    private static readonly byte[] Message = "Subject: hello\r\n\r\n.dot\r\n..two dots\r\nend\r\n"u8.ToArray();

    public static TheoryData<string> Files => DialogueFiles.All("Client");

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Client_keeps_to_the_dialogue(string file)
    {
        var dialogue = DialogueFiles.Load("Client", file);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var certificates = new TestCertificates();
        using var certificate = certificates.Issue("mx.test");
        var (clientEnd, serverEnd) = DuplexStream.CreatePair();
        var serving = ServeAsync(dialogue, serverEnd, new SslServerAuthenticationOptions { ServerCertificate = certificate }, limit.Token);
        var options = SmtpClientFixture.Options with { UseChunking = dialogue.Settings.ContainsKey("chunking") };
        var connected = await SmtpClientConnection.ConnectAsync(clientEnd, options, limit.Token);
        await using var connection = Assert.IsType<SmtpConnectResult.Connected>(connected).Connection;
        var result = await connection.SendAsync(Envelope(dialogue), Message, limit.Token);
        await connection.QuitAsync(limit.Token);
        await connection.DisposeAsync();
        await serving;
        Assert.Equal(dialogue.Settings["outcome"], Describe(result));
    }

    private static async Task ServeAsync(
        SmtpDialogue dialogue, DuplexStream stream, SslServerAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        await using (stream)
            await dialogue.ServeAsync(stream, tls, cancellationToken);
    }

    private static SmtpEnvelope Envelope(SmtpDialogue dialogue)
    {
        var plain = SmtpClientFixture.Envelope;
        if (!dialogue.Settings.ContainsKey("envelope"))
            return plain;
        return plain with
        {
            EightBit = true,
            Return = DsnReturn.Headers,
            EnvelopeId = "id+1",
            MailParameters = [new SmtpParameter("XTRACE", "00-ab-cd-01"), new SmtpParameter("XOTHER", null)],
            Recipients = [plain.Recipients[0] with { Notify = DsnNotify.Failure | DsnNotify.Delay, OriginalRecipient = "first+tag@mx.test" }],
        };
    }

    private static string Describe(SmtpTransactionResult result)
    {
        var recipient = Assert.Single(result.Recipients);
        var code = recipient.Outcome == SmtpRecipientOutcome.Accepted ? null : recipient.Reply?.Code;
        return $"{recipient.Outcome} {recipient.Stage} {code}".TrimEnd();
    }
}
