using System.Text;
using Mail.Core.Inbound;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Pipeline;

public sealed class StorageTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Line = "0123456789012345678901234567890123456789012345678901234567890123456789012345\r\n";

    [Fact]
    public async Task Message_of_ten_megabytes_is_stored_as_it_came_and_a_larger_one_than_allowed_is_not()
    {
        await fixture.ClearAsync();
        await using var host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, settings:
            [("Mail:Inbound:MaxMessageBytes", "11000000"), ("ConnectionStrings:blobs", (await AzuriteServer.SharedAsync()).ConnectionString)]);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        var content = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(Line, 10_000_000 / Line.Length));

        Assert.StartsWith("250 ", await client.MailAsync(content[..^2]));
        Assert.StartsWith("552 5.3.4", await client.MailAsync(content + content[..^2]));
        Assert.StartsWith("250 ", await client.MailAsync("Subject: small"));

        var mails = await fixture.StoredAsync();
        Assert.Equal(["large", "small"], mails.Select(mail => mail.Subject));
        // The database has no more of it than a list shows.
        Assert.InRange(mails[0].Content.Length, 10_000, 65_536);
        var whole = await ReadBlobAsync(host);
        Assert.EndsWith(content, Encoding.ASCII.GetString(whole));
        Assert.StartsWith("Return-Path: <a@client.test>\r\nReceived: from client.test ", Encoding.ASCII.GetString(whole.AsSpan(0, 80)));
        Assert.Equal((long)whole.Length, await ScalarAsync("select size::bigint from dev_inbox where raw_blob is not null"));
    }

    [Fact]
    public async Task Large_message_to_many_recipients_is_stored_for_each()
    {
        await fixture.ClearAsync();
        await using var host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, settings:
            [("Mail:Inbound:MaxMessageBytes", "11000000"), ("ConnectionStrings:blobs", (await AzuriteServer.SharedAsync()).ConnectionString)]);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        var content = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(Line, 4_000_000 / Line.Length));

        Assert.StartsWith("250 ", await client.MailAsync(content[..^2], to: [.. Enumerable.Range(0, 30).Select(i => $"r{i}@local.test")]));

        Assert.Equal(30L, await ScalarAsync("select count(*) from dev_inbox where size > 3999000"));
        Assert.Equal(1L, await ScalarAsync("select count(distinct raw_blob) from dev_inbox"));
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

    private async Task<byte[]> ReadBlobAsync(InboundHost host)
    {
        var name = (string)await ScalarAsync("select raw_blob from dev_inbox where raw_blob is not null");
        await using var content = await host.Services.GetRequiredService<InboundBlobs>().OpenAsync(name, CancellationToken.None);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<object> ScalarAsync(string query)
    {
        await using var command = fixture.Database.DataSource.CreateCommand(query);
        return (await command.ExecuteScalarAsync())!;
    }
}
