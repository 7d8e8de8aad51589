using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp.Client;

/// <summary>What client tests share: options with short timeouts, a connection, a message.</summary>
internal static class SmtpClientFixture
{
    public static SmtpClientOptions Options { get; } = new()
    {
        LocalName = "client.test",
        Timeouts = new SmtpTimeouts { Connect = TimeSpan.FromSeconds(20) },
    };

    public static SmtpEnvelope Envelope { get; } = SmtpEnvelope.Create("sender@client.test", "one@mx.test");

    public static byte[] Message { get; } = "Subject: hello\r\n\r\n.dot\r\n..two dots\r\nend\r\n"u8.ToArray();

    public static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public static async Task<SmtpClientConnection> ConnectAsync(ScriptedSmtpServer server, SmtpClientOptions? options = null)
    {
        var result = await SmtpClientConnection.ConnectAsync(server.EndPoint, options ?? Options, Limit);
        return Assert.IsType<SmtpConnectResult.Connected>(result).Connection;
    }

    public static async Task<SmtpFailure> FailToConnectAsync(ScriptedSmtpServer server, SmtpClientOptions? options = null)
    {
        var result = await SmtpClientConnection.ConnectAsync(server.EndPoint, options ?? Options, Limit);
        return Assert.IsType<SmtpConnectResult.Failed>(result).Failure;
    }

    public static async Task<SmtpTransactionResult> SendAsync(ScriptedSmtpServer server, SmtpClientOptions? options = null)
    {
        await using var connection = await ConnectAsync(server, options);
        return await connection.SendAsync(Envelope, Message, Limit);
    }
}
