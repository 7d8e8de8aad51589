using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.Core.Organizations;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Bodies;

/// <summary>Mail that is too large for memory, all the way to where it is kept.</summary>
public sealed class LargeMailTests(InboundFixture fixture) : IClassFixture<InboundFixture>, IDisposable
{
    private const int Large = 39_000_000;
    private static int _names;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-large-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Largest_mail_is_stored_as_it_came(bool isChunked)
    {
        await using var host = await StartAsync((await AzuriteServer.SharedAsync()).ConnectionString);
        var (organization, domain) = await AddDomainAsync(host.Services);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        var mail = new LargeMail("large", Large);

        var reply = isChunked ? await mail.SendChunksAsync(client, $"a@{domain}") : await mail.SendAsync(client, $"a@{domain}");

        var stored = await FindAsync(host, organization, reply);
        var attachment = Assert.Single(stored.Content.Attachments);
        Assert.Equal((mail.FileSha256, mail.FileSize), (attachment.Sha256, attachment.Size));
        await AssertEndsWithAsync(mail, host, stored);
        Assert.StartsWith("250 ", await client.MailAsync("Subject: small", to: $"a@{domain}"));
    }

    [Fact]
    public async Task Blob_storage_away_puts_a_large_mail_off_and_the_same_session_delivers_it_later()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var host = await StartAsync(azurite.ConnectionString);
        var (organization, domain) = await AddDomainAsync(host.Services);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        var mail = new LargeMail("large", 2_000_000);

        await azurite.KillAsync();
        Assert.Equal("451 4.3.0 Local error, try again later", await mail.SendAsync(client, $"a@{domain}"));
        await azurite.StartAgainAsync();

        await FindAsync(host, organization, await mail.SendAsync(client, $"a@{domain}"));
        Assert.Single(await ListAsync(host, organization));
    }

    [SmallDiskFact]
    public async Task Full_disk_puts_a_large_mail_off_and_takes_what_there_is_room_for()
    {
        using var disk = SmallDisk.TryMount(4)!;
        await using var host = await StartAsync((await AzuriteServer.SharedAsync()).ConnectionString, ("Mail:InboundBodies:Folder", disk.Path));
        var (organization, domain) = await AddDomainAsync(host.Services);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();

        Assert.Equal("452 4.3.1 Insufficient system storage, try again later", await new LargeMail("by DATA", 6_000_000).SendAsync(client, $"a@{domain}"));
        Assert.Equal("452 4.3.1 Insufficient system storage, try again later", await new LargeMail("by BDAT", 6_000_000).SendChunksAsync(client, $"a@{domain}"));
        Assert.StartsWith("250 ", await client.AskAsync("RSET"));
        Assert.StartsWith("250 ", await client.MailAsync("Subject: small", to: $"a@{domain}"));
        Assert.StartsWith("250 ", await new LargeMail("fits", 3_000_000).SendAsync(client, $"a@{domain}"));

        Assert.Equal(["fits", "small"], (await ListAsync(host, organization)).Select(mail => mail.Subject));
        Assert.True(disk.FreeBytes() > 3_900_000);
    }

    [Fact]
    public async Task Large_mails_at_the_same_moment_take_little_memory()
    {
        await using var listener = await ListenerProcess.StartAsync(fixture.Database.ConnectionString,
            ("ConnectionStrings__blobs", (await AzuriteServer.SharedAsync()).ConnectionString), ("Mail__InboundMail__CheckTime", "00:00:01"));
        var (_, domain) = await AddDomainAsync(fixture.Development.Services);
        Assert.StartsWith("250 ", await SendAsync(listener, new LargeMail("first", 2_000_000), domain));
        var before = listener.PeakMemory();

        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => SendAsync(listener, new LargeMail("large", Large, i), domain)));

        Assert.All(replies, reply => Assert.StartsWith("250 ", reply));
        // Five times 39 MB came in; were they in memory, it would be 195 MB.
        Assert.InRange(listener.PeakMemory() - before, 0, 100_000_000);
    }

    [Fact]
    public async Task Listener_that_dies_in_the_middle_of_a_large_mail_leaves_no_file()
    {
        await using var listener = await ListenerProcess.StartAsync(fixture.Database.ConnectionString, ("Mail__InboundBodies__Folder", _folder.FullName));
        await using var client = new LineClient(await listener.ConnectAsync());
        await client.GreetAsync();
        Assert.StartsWith("354 ", await client.AskAsync("MAIL FROM:<ann@writer.test>", "RCPT TO:<a@local.test>", "DATA"));
        // More than all buffers on the way hold: some of it has been written to the file.
        foreach (var piece in new LargeMail("large", 30_000_000).Pieces())
            await client.SendRawAsync(piece);

        await listener.KillAsync();

        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    private Task<InboundHost> StartAsync(string blobs, params (string, string)[] settings) => InboundHost.StartAsync(
        fixture.Database.ConnectionString, "Production", settings:
        [("ConnectionStrings:blobs", blobs), ("Mail:Inbound:MaxMessageBytes", "41943040"), .. settings]);

    private static async Task<string?> SendAsync(ListenerProcess listener, LargeMail mail, string domain)
    {
        await using var client = new LineClient(await listener.ConnectAsync());
        await client.GreetAsync();
        return await mail.SendAsync(client, $"a@{domain}");
    }

    private async Task<(OrganizationId Organization, string Domain)> AddDomainAsync(IServiceProvider services)
    {
        var domain = $"large{Interlocked.Increment(ref _names)}.test";
        var organization = (await services.GetRequiredService<OrganizationStore>().CreateAsync(domain, CancellationToken.None))!.Value;
        await using var add = fixture.Database.DataSource.CreateCommand(
            "insert into inbound_domains (organization_id, id, name, status, verified_at) values ($1, uuidv7(), $2, 'verified', now())");
        add.Parameters.AddWithValue(organization.Value);
        add.Parameters.AddWithValue(domain);
        await add.ExecuteNonQueryAsync();
        return (organization, domain);
    }

    private static async Task<InboundMessage> FindAsync(InboundHost host, OrganizationId organization, string? reply)
    {
        Assert.StartsWith("250 2.0.0 OK queued as inm_", reply);
        Assert.True(PrefixedId.TryParse<InboundMessageId>(reply!.Split(' ')[^1], out var id));
        return (await host.Services.GetRequiredService<InboundMessageStore>().FindAsync(organization, id, CancellationToken.None))!;
    }

    private static Task<List<InboundSummary>> ListAsync(InboundHost host, OrganizationId organization) =>
        host.Services.GetRequiredService<InboundMessageStore>()
            .ListAsync(organization, new InboundFilter(null, null, null, null, null, null), null, 100, CancellationToken.None);

    // In front of it stand the fields of final delivery.
    private static async Task AssertEndsWithAsync(LargeMail mail, InboundHost host, InboundMessage stored)
    {
        await using var content = await host.Services.GetRequiredService<InboundBlobs>().OpenAsync(stored.RawBlob!, CancellationToken.None);
        await content.ReadExactlyAsync(new byte[stored.Summary.Size - mail.Octets]);
        foreach (var piece in mail.Pieces())
        {
            var read = new byte[piece.Length];
            await content.ReadExactlyAsync(read);
            Assert.Equal(piece, read);
        }
        Assert.Equal(0, await content.ReadAsync(new byte[1]));
    }
}
