using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Pipeline;

public sealed class StorageTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Line = "0123456789012345678901234567890123456789012345678901234567890123456789012345\r\n";

    [Fact]
    public async Task Message_of_ten_megabytes_is_stored_as_it_came_and_a_larger_one_than_allowed_is_not()
    {
        await fixture.ClearAsync();
        await using var host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, settings: ("Mail:Inbound:MaxMessageBytes", "11000000"));
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        var content = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(Line, 10_000_000 / Line.Length));

        Assert.StartsWith("250 ", await client.MailAsync(content[..^2]));
        Assert.StartsWith("552 5.3.4", await client.MailAsync(content + content[..^2]));
        Assert.StartsWith("250 ", await client.MailAsync("Subject: small"));

        var mails = await fixture.StoredAsync();
        Assert.Equal(["large", "small"], mails.Select(mail => mail.Subject));
        Assert.Equal(content, Encoding.ASCII.GetString(mails[0].Content));
    }

    [Fact]
    public async Task Large_message_to_many_recipients_is_stored_for_each()
    {
        await fixture.ClearAsync();
        await using var host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, settings: ("Mail:Inbound:MaxMessageBytes", "11000000"));
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        var content = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(Line, 4_000_000 / Line.Length));

        Assert.StartsWith("250 ", await client.MailAsync(content[..^2], to: [.. Enumerable.Range(0, 30).Select(i => $"r{i}@local.test")]));

        await using var count = fixture.Database.DataSource.CreateCommand("select count(*) from dev_inbox where length(raw) > 3999000");
        Assert.Equal(30L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Message_while_Postgres_is_away_gets_451_and_the_same_session_works_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.CreateAsync(server);
        await using var host = await InboundHost.StartAsync(database.ConnectionString);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        Assert.StartsWith("250 ", await client.MailAsync("Subject: before"));

        await server.KillAsync();
        Assert.Equal("451 4.3.0 Local error, try again later", await client.MailAsync("Subject: during"));
        await server.StartAgainAsync();

        // Connections of the pool that died are found one by one.
        string? reply;
        var tries = 0;
        do
            reply = await client.MailAsync("Subject: after");
        while (reply?.StartsWith("451", StringComparison.Ordinal) == true && ++tries < 50);
        Assert.StartsWith("250 ", reply);
        var stored = await fixture.StoredAsync(dataSource: database.DataSource);
        Assert.Equal(["before", "after"], stored.Select(mail => mail.Subject).Where(subject => subject != "during").Distinct());
    }

    [Fact]
    public async Task Two_hundred_sessions_at_once_lose_nothing()
    {
        await fixture.ClearAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async session =>
        {
            await using var client = new LineClient(await fixture.Development.ConnectAsync());
            await client.GreetAsync();
            for (var i = 0; i < 5; i++)
                Assert.StartsWith("250 ", await client.MailAsync($"Subject: {session}-{i}"));
            Assert.StartsWith("221 ", await client.AskAsync("QUIT"));
        }));

        var stored = await fixture.StoredAsync();
        Assert.Equal(1_000, stored.Count);
        Assert.Equal(1_000, stored.Select(mail => mail.Subject).Distinct().Count());
    }

    [Fact]
    public async Task Killed_listener_has_stored_all_that_it_answered_with_250()
    {
        await fixture.ClearAsync();
        await using var listener = await ListenerProcess.StartAsync(fixture.Database.ConnectionString);
        var answered = new ConcurrentBag<string>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = Enumerable.Range(0, 20).Select(session => SendUntilCutAsync(session)).ToList();
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));

        listener.Kill();
        await Task.WhenAll(sending);

        var stored = (await fixture.StoredAsync()).Select(mail => mail.Subject).ToHashSet();
        Assert.DoesNotContain(answered, subject => !stored.Contains(subject));

        async Task SendUntilCutAsync(int session)
        {
            try
            {
                await using var client = new LineClient(await listener.ConnectAsync());
                await client.GreetAsync();
                for (var i = 0; ; i++)
                {
                    var subject = string.Create(CultureInfo.InvariantCulture, $"{session}-{i}");
                    if ((await client.MailAsync($"Subject: {subject}"))?.StartsWith("250 ", StringComparison.Ordinal) != true)
                        return;
                    answered.Add(subject);
                    if (answered.Count >= 400)
                        enough.TrySetResult();
                }
            }
            catch (IOException)
            {
                // The cut.
            }
        }
    }
}
