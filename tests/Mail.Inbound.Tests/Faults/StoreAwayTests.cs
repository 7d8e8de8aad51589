using System.Text;
using Mail.Core.Inbound;
using Mail.Core.Organizations;
using Mail.Inbound.Session;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Faults;

/// <summary>A store that goes away: what needs it is put off, and the same sessions go on when it is back.</summary>
public sealed class StoreAwayTests
{
    private const string Content = "From: {0}\r\nSubject: {1}\r\n\r\n550 5.1.1 no such user";
    private const string LogIn = "AUTH PLAIN AGFueSB1c2VyAG1zX2xpdmVfZGlhbG9ndWVfQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2";

    private static readonly string LogInWithAnotherKey =
        "AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0any\0" + InboundFixture.ApiKey.Replace("dialogue", "another0", StringComparison.Ordinal)));

    [Fact]
    public async Task Mail_of_every_kind_is_put_off_while_Postgres_is_away_and_taken_by_the_same_session_after()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.CreateAsync(server);
        await using var host = await InboundHost.StartAsync(database.ConnectionString, settings: ("Mail:Demo:ApiKey", InboundFixture.ApiKey));
        var (organization, domain) = await InboundDomains.AddAsync(host.Services, database.DataSource);
        var sent = await SentMail.CreateAsync(host, database.DataSource, SendingMode.Live, "ann@example.test", "ben@example.test");
        await using var submitting = await LogInAsync(host);
        // Submitted, captured, received, bounced.
        (LineClient Client, string To, string From)[] sessions =
        [
            (submitting, "user@example.test", "shop@demo.test"), (await OpenAsync(host), "one@local.test", "ann@writer.test"),
            (await OpenAsync(host), $"one@{domain}", "ann@writer.test"), (await OpenAsync(host), sent.ReturnPath(1), "MAILER-DAEMON@mx.test"),
        ];
        foreach (var (client, to, _) in sessions)
            Assert.StartsWith("354 ", await client.AskAsync("MAIL FROM:<>", $"RCPT TO:<{to}>", "DATA"));

        await server.KillAsync();
        foreach (var (client, _, from) in sessions)
        {
            Assert.Equal("451 4.3.0 Local error, try again later", await client.EndAsync(string.Format(null, Content, from, "during")));
            // Who has logged in is refused at MAIL already, once the key has to be looked at again.
            var refusal = await client.AskAsync("MAIL FROM:<a@client.test>");
            Assert.StartsWith("451 4.3.0", refusal![0] == '2' ? await client.AskAsync("RCPT TO:<one@never-seen.test>") : refusal);
        }
        await using (var other = await OpenAsync(host, SmtpServiceKind.Submission))
        {
            await other.StartTlsAsync();
            Assert.Equal("454 4.7.0 Temporary authentication failure, try again later", await other.AskAsync("EHLO client.test", LogInWithAnotherKey));
        }
        await server.StartAgainAsync();
        database.DataSource.Clear();

        foreach (var (client, to, from) in sessions)
        {
            Assert.StartsWith("250 ", await AgainAsync(client, string.Format(null, Content, from, "after"), to));
            await client.DisposeAsync();
        }
        Assert.Equal(["ann@example.test sent", "ben@example.test bounced"], await sent.StatusesAsync());
        Assert.Single(await sent.BouncesAsync());
        Assert.Single(await ListAsync(host, organization), mail => mail.Subject == "after");
        await using var rest = database.DataSource.CreateCommand(
            "select (select count(*) from dev_inbox where subject = 'after') || ' ' || (select count(*) from messages where subject = 'after')");
        Assert.Equal("1 1", await rest.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Mail_with_files_is_put_off_while_blobs_are_away_and_taken_by_the_same_session_after()
    {
        await using var blobs = await AzuriteServer.StartAsync();
        await using var database = await PostgresDatabase.CreateAsync();
        await using var host = await InboundHost.StartAsync(
            database.ConnectionString, settings: [("Mail:Demo:ApiKey", InboundFixture.ApiKey), ("ConnectionStrings:blobs", blobs.ConnectionString)]);
        var (organization, domain) = await InboundDomains.AddAsync(host.Services, database.DataSource);
        const string File = "From: shop@demo.test\r\nSubject: file\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\na,b,{0}";
        await using var receiving = await OpenAsync(host);
        await using var submitting = await LogInAsync(host);
        (LineClient Client, string To)[] sessions = [(receiving, $"one@{domain}"), (submitting, "user@example.test")];

        await blobs.StopAsync();
        await Task.WhenAll(sessions.Select(async session =>
        {
            Assert.StartsWith("451 ", await session.Client.MailAsync(string.Format(null, File, "during"), to: session.To));
            Assert.StartsWith("250 ", await session.Client.MailAsync("From: shop@demo.test\r\nSubject: small\r\n\r\ntext", to: session.To));
        }));
        await blobs.StartAgainAsync();

        foreach (var (client, to) in sessions)
            Assert.StartsWith("250 ", await client.MailAsync(string.Format(null, File, "after"), to: to));
        var mails = await ListAsync(host, organization);
        Assert.Equal(["file", "small"], mails.Select(mail => mail.Subject).Order());
        var received = await host.Services.GetRequiredService<InboundMessageStore>()
            .FindAsync(organization, mails.Single(mail => mail.Subject == "file").Id, CancellationToken.None);
        await using var content = await host.Services.GetRequiredService<InboundBlobs>()
            .OpenAsync(Assert.Single(received!.Content.Attachments).Blob, CancellationToken.None);
        Assert.StartsWith("a,b,after", await new StreamReader(content, Encoding.ASCII).ReadToEndAsync());
        await using var submitted = database.DataSource.CreateCommand("select string_agg(subject, ',' order by subject) from messages where source = 'submission'");
        Assert.Equal("file,small", await submitted.ExecuteScalarAsync());
    }

    private static async Task<LineClient> OpenAsync(InboundHost host, SmtpServiceKind kind = SmtpServiceKind.Exchange)
    {
        var client = new LineClient(host.Connect(kind: kind));
        await client.GreetAsync();
        return client;
    }

    private static async Task<LineClient> LogInAsync(InboundHost host)
    {
        var client = await OpenAsync(host, SmtpServiceKind.Submission);
        await client.StartTlsAsync();
        Assert.StartsWith("235 ", await client.AskAsync("EHLO client.test", LogIn));
        return client;
    }

    // Connections of the pool that died are found one by one.
    private static async Task<string?> AgainAsync(LineClient client, string content, string recipient)
    {
        for (var attempt = 0; ; attempt++)
        {
            Assert.StartsWith("250 ", await client.AskAsync("RSET"));
            var reply = await client.AskAsync("MAIL FROM:<>", $"RCPT TO:<{recipient}>");
            if (reply?[0] == '2' && (reply = await client.AskAsync("DATA"))?[0] == '3')
                reply = await client.EndAsync(content);
            if (reply?[0] != '4' || attempt == 50)
                return reply;
        }
    }

    private static Task<List<InboundSummary>> ListAsync(InboundHost host, OrganizationId organization) =>
        host.Services.GetRequiredService<InboundMessageStore>().ListAsync(
            organization, new InboundFilter(null, null, null, null, null, null), null, 100, CancellationToken.None);
}
