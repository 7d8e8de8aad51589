using System.Text;
using Mail.Inbound.Session;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Faults;

public sealed class SubmissionStoreAwayTests
{
    private const string Content = "From: shop@demo.test\r\nSubject: {0}\r\n\r\ntext";

    [Fact]
    public async Task Nothing_is_lost_or_promised_while_Postgres_is_away()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.CreateAsync(server);
        await using var host = await InboundHost.StartAsync(database.ConnectionString, settings: ("Mail:Demo:ApiKey", InboundFixture.ApiKey));
        await using var client = await OpenAsync(host);
        Assert.StartsWith("235 ", await client.AskAsync(LogIn));
        Assert.StartsWith("250 ", await client.MailAsync(string.Format(null, Content, "before")));
        Assert.StartsWith("354 ", await client.AskAsync("MAIL FROM:<shop@demo.test>", "RCPT TO:<user@example.test>", "DATA"));

        await server.KillAsync();

        Assert.Equal("451 4.3.0 Local error, try again later", await client.EndAsync(string.Format(null, Content, "during")));
        await using var other = await OpenAsync(host);
        Assert.Equal("454 4.7.0 Temporary authentication failure, try again later",
            await other.AskAsync("AUTH PLAIN " + Base64("\0any\0" + InboundFixture.ApiKey.Replace("dialogue", "another0", StringComparison.Ordinal))));
        await server.StartAgainAsync();

        // Connections of the pool that died are found one by one; a refusal of MAIL is told before there is anything to end.
        string? reply;
        var tries = 0;
        do
        {
            reply = await client.AskAsync("RSET", "MAIL FROM:<shop@demo.test>");
            if (reply?.StartsWith("250", StringComparison.Ordinal) == true)
                reply = await client.AskAsync("RCPT TO:<user@example.test>");
            if (reply?.StartsWith("250", StringComparison.Ordinal) == true && (reply = await client.AskAsync("DATA"))?[..3] == "354")
                reply = await client.EndAsync(string.Format(null, Content, "after"));
        }
        while (reply?.StartsWith("451", StringComparison.Ordinal) == true && ++tries < 50);
        Assert.StartsWith("250 2.0.0 OK queued as msg_", reply);
        await using var command = database.DataSource.CreateCommand("select string_agg(distinct subject, ',') from messages where subject <> 'during'");
        Assert.Equal("after,before", await command.ExecuteScalarAsync());
    }

    private static string LogIn => "AUTH PLAIN " + Base64("\0any\0" + InboundFixture.ApiKey);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<LineClient> OpenAsync(InboundHost host)
    {
        var client = new LineClient(host.Connect(kind: SmtpServiceKind.Submission));
        await client.GreetAsync();
        await client.StartTlsAsync();
        Assert.StartsWith("250 ", await client.AskAsync("EHLO client.test"));
        return client;
    }
}
