using System.Text;
using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;
using static Mail.Protocol.Tests.Smtp.Client.SmtpClientFixture;

namespace Mail.Protocol.Tests.Smtp.Client;

/// <summary>Whatever a server sends, the client ends with a value, and says "accepted" only after a 2yz reply to the message.</summary>
public sealed class SmtpHostileServerTests
{
    private static readonly string[] Pieces =
    [
        "220 x\r\n", "250 x\r\n", "250-x\r\n", "250-PIPELINING\r\n", "250-CHUNKING\r\n", "250-SIZE 1\r\n", "250 SMTPUTF8\r\n", "354 go\r\n",
        "421 bye\r\n", "550 5.1.1 no\r\n", "451 4.0.0 later\r\n", "334 \r\n", "999 x\r\n", "25", "\r\n", "\n", "\0", "x", "250-\n", "503 x\r\n",
    ];

    [Fact]
    public async Task Random_replies_never_break_the_client()
    {
        var random = new Random(2920);
        var outcomes = new HashSet<SmtpRecipientOutcome>();
        for (var round = 0; round < 1500; round++)
        {
            var (client, server) = DuplexStream.CreatePair();
            // Mostly sensible beginnings, so that every stage is reached.
            var script = new StringBuilder(random.Next(10) == 0 ? "" : "220 x\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
            script.Append(random.Next(3) == 0 ? "250 x\r\n250 x\r\n354 go\r\n" : "");
            for (var i = 0; i < random.Next(12); i++)
                script.Append(Pieces[random.Next(Pieces.Length)]);
            await server.WriteAsync(Encoding.Latin1.GetBytes(script.ToString()));
            server.CompleteWriting(); // so that no read waits for ever
            var options = Options with { Tls = SmtpTlsMode.Disabled, UseChunking = random.Next(2) == 0 };
            var result = await SmtpClientConnection.ConnectAsync(client, options, Limit);
            if (result is SmtpConnectResult.Connected(var connection))
            {
                await using (connection)
                {
                    var transaction = await connection.SendAsync(Envelope, Message, Limit);
                    outcomes.Add(transaction.Recipients[0].Outcome);
                    Assert.Equal(transaction.IsAccepted, transaction.FinalReply is { IsPositive: true });
                    Assert.True(transaction.IsAccepted || transaction.Failure is not null || transaction.Recipients[0].Reply is not null);
                }
            }
            await server.DisposeAsync();
        }
        Assert.Equal(Enum.GetValues<SmtpRecipientOutcome>(), outcomes.Order());
    }

    [Fact]
    public async Task Ehlo_reply_of_many_keywords_is_bounded()
    {
        var keywords = Enumerable.Range(0, 400).Select(i => $"X{i}").ToArray();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = keywords });
        await using var connection = await ConnectAsync(server);
        Assert.InRange(connection.Extensions.Keywords.Count, 1, 128);
    }
}
