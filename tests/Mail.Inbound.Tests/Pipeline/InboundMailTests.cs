using System.Net;
using System.Text;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.Core.Organizations;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Pipeline;

/// <summary>Mail for verified inbound domains, outside Development.</summary>
public sealed class InboundMailTests(InboundFixture fixture) : IClassFixture<InboundFixture>, IAsyncLifetime
{
    private readonly DkimKey _key = DkimKey.Generate(DkimKeyType.Ed25519);
    private InboundHost _host = null!;

    public async Task InitializeAsync()
    {
        var zone = new DnsZone().Txt("s1._domainkey.writer.test", _key.PublicKeyRecord).Txt("writer.test", "v=spf1 ip4:127.0.0.1 -all")
            .Txt("_dmarc.writer.test", "v=DMARC1; p=reject");
        var azurite = await AzuriteServer.SharedAsync();
        _host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, "Production", resolver: new FakeDnsResolver(zone), settings:
            [
                ("ConnectionStrings:blobs", azurite.ConnectionString), ("Mail:Inbound:MaxMessageBytes", "45000000"),
            ]);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task Mail_is_stored_with_what_it_says_and_its_event()
    {
        var (organization, domain) = await AddDomainAsync();

        var id = IdOf(await SendAsync(
            "From: Ann <Ann@Writer.test>\r\nTo: help@x.test\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <m1@writer.test>\r\n\r\nThanks!\r\n\r\nOn Monday, 2 Nov 2026, Shop wrote:\r\n> hello", $"Help+42@{domain.ToUpperInvariant()}"));

        var mail = await FindAsync(organization, id);
        Assert.Equal((domain, "ann@client.test", "ann@writer.test", "grüße"), (mail.Summary.Domain, mail.Summary.MailFrom, mail.Summary.From, mail.Summary.Subject));
        Assert.Equal([$"help+42@{domain}"], mail.Summary.Recipients);
        Assert.Equal(("Thanks!", "m1@writer.test"), (mail.Content.ReplyText, mail.Content.MessageId));
        Assert.Contains("> hello", mail.Content.Text);
        Assert.StartsWith("Return-Path: <ann@client.test>\r\nReceived: from client.test ", Encoding.UTF8.GetString(mail.Raw!));
        Assert.Equal(["mail.inbound.received"], await EventsAsync(organization));
    }

    [Fact]
    public async Task Checks_say_who_it_is_from_and_forged_results_are_taken_off()
    {
        var (organization, domain) = await AddDomainAsync();
        const string Message = "From: ann@writer.test\r\nSubject: hello\r\n\r\ntext\r\n";
        var signature = Encoding.ASCII.GetString(new DkimSigner(_key, "writer.test", "s1").Sign(Encoding.ASCII.GetBytes(Message), TimeProvider.System.GetUtcNow()));
        var forged = $"Authentication-Results: {InboundHost.HostName}; dmarc=pass header.from=bank.test\r\n";

        var mail = await FindAsync(organization, IdOf(await SendAsync((forged + signature + Message)[..^2], $"a@{domain}", "ann@writer.test")));

        Assert.Equal(("pass", "pass", "pass", "none"),
            (mail.Content.Authentication.Spf.Result, mail.Content.Authentication.Dkim[0].Result, mail.Content.Authentication.Dmarc.Result, mail.Content.Authentication.Arc.Result));
        var raw = Encoding.UTF8.GetString(mail.Raw!);
        Assert.DoesNotContain("bank.test", raw);
        Assert.Contains($"Authentication-Results: {InboundHost.HostName};\r\n\tspf=pass", raw);
    }

    [Fact]
    public async Task Forged_author_fails()
    {
        var (organization, domain) = await AddDomainAsync();

        var mail = await FindAsync(organization, IdOf(await SendAsync("From: ann@writer.test\r\n\r\ntext", $"a@{domain}", "x@elsewhere.test")));

        Assert.Equal(("fail", "reject"), (mail.Content.Authentication.Dmarc.Result, mail.Content.Authentication.Dmarc.Policy));
    }

    [Fact]
    public async Task Attachments_and_large_mail_are_in_blob_storage()
    {
        var (organization, domain) = await AddDomainAsync();
        var file = new byte[300_000];
        Array.Fill(file, (byte)7);
        var message = $"From: ann@writer.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee file\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(file, Base64FormattingOptions.InsertLineBreaks)}\r\n--b--";

        var mail = await FindAsync(organization, IdOf(await SendAsync(message, $"a@{domain}")));

        Assert.Null(mail.Raw);
        var attachment = Assert.Single(mail.Content.Attachments);
        Assert.Equal(("a.pdf", "application/pdf", 300_000L), (attachment.FileName, attachment.ContentType, attachment.Size));
        Assert.Equal(file, await ReadBlobAsync(attachment.Blob));
        Assert.EndsWith(message + "\r\n", Encoding.ASCII.GetString(await ReadBlobAsync(mail.RawBlob!)));
    }

    [Fact]
    public async Task Each_organization_gets_its_own_copy_and_sees_only_its_recipients()
    {
        var (one, oneDomain) = await AddDomainAsync();
        var (two, twoDomain) = await AddDomainAsync();

        Assert.StartsWith("250 ", await SendAsync("Subject: both", $"a@{oneDomain}", "ann@client.test", $"b@{oneDomain}", $"c@{twoDomain}"));

        Assert.Equal([$"a@{oneDomain}", $"b@{oneDomain}"], Assert.Single(await ListAsync(one)).Recipients);
        Assert.Equal([$"c@{twoDomain}"], Assert.Single(await ListAsync(two)).Recipients);
    }

    [Fact]
    public async Task Domain_that_is_not_verified_takes_no_mail()
    {
        var (_, domain) = await AddDomainAsync("pending");

        Assert.Equal("554 5.5.1 No valid recipients", await SendAsync("Subject: x", $"a@{domain}"));
    }

    [Fact]
    public async Task Without_blob_storage_mail_that_needs_it_is_put_off_and_other_mail_is_not()
    {
        var (organization, domain) = await AddDomainAsync();
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, "Production", settings: ("Mail:Inbound:MaxMessageBytes", "1000000"));

        Assert.StartsWith("250 ", await SendAsync("Subject: small", $"a@{domain}", host));
        Assert.StartsWith("451 ", await SendAsync("Subject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 2000)) + "end", $"a@{domain}", host));

        Assert.Equal(["small"], (await ListAsync(organization)).Select(mail => mail.Subject));
    }

    [Fact]
    public async Task Hostile_mail_is_stored_as_far_as_it_can_be()
    {
        var (organization, domain) = await AddDomainAsync();

        var mail = await FindAsync(organization, IdOf(await SendAsync(
            "From: \"a\0b\" <ann@writer.test>, <bob@elsewhere.test>\r\nSubject: \0x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>\0</b>", $"a@{domain}")));

        Assert.EndsWith("x", mail.Summary.Subject);
        Assert.DoesNotContain('\0', mail.Summary.Subject + mail.Content.Html + mail.Content.From[0].Name);
        Assert.NotEmpty(mail.Content.Facts.Defects);
        Assert.Equal("none", mail.Content.Authentication.Dmarc.Result);
    }

    [Fact]
    public async Task Many_at_once_are_all_stored()
    {
        var (organization, domain) = await AddDomainAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => SendAsync($"Subject: {i}", $"a@{domain}")));

        Assert.All(replies, reply => Assert.StartsWith("250 ", reply));
        Assert.Equal(40, (await ListAsync(organization)).Count);
        Assert.Equal(40, (await EventsAsync(organization)).Count);
    }

    private Task<(OrganizationId Organization, string Domain)> AddDomainAsync(string status = "verified") =>
        InboundDomains.AddAsync(_host.Services, fixture.Database.DataSource, status);

    private async Task<string?> SendAsync(string content, string to, string from = "ann@client.test", params string[] more) =>
        await SendAsync(content, to, _host, from, more);

    private static async Task<string?> SendAsync(string content, string to, InboundHost host, string from = "ann@client.test", params string[] more)
    {
        await using var client = new LineClient(host.Connect(new IPEndPoint(IPAddress.Loopback, 40_000)));
        await client.GreetAsync();
        return await client.MailAsync(content, from, [to, .. more]);
    }

    private static InboundMessageId IdOf(string? reply)
    {
        Assert.StartsWith("250 2.0.0 OK queued as inm_", reply);
        Assert.True(PrefixedId.TryParse<InboundMessageId>(reply!.Split(' ')[^1], out var id));
        return id;
    }

    private async Task<InboundMessage> FindAsync(OrganizationId organization, InboundMessageId id) =>
        (await _host.Services.GetRequiredService<InboundMessageStore>().FindAsync(organization, id, CancellationToken.None))!;

    private Task<List<InboundSummary>> ListAsync(OrganizationId organization) => _host.Services.GetRequiredService<InboundMessageStore>()
        .ListAsync(organization, new InboundFilter(null, null, null, null, null, null), null, 100, CancellationToken.None);

    private async Task<byte[]> ReadBlobAsync(string name)
    {
        await using var content = await _host.Services.GetRequiredService<InboundBlobs>().OpenAsync(name, CancellationToken.None);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<List<string>> EventsAsync(OrganizationId organization)
    {
        await using var command = fixture.Database.DataSource.CreateCommand("select type from events where organization_id = $1");
        command.Parameters.AddWithValue(organization.Value);
        await using var reader = await command.ExecuteReaderAsync();
        var types = new List<string>();
        while (await reader.ReadAsync())
            types.Add(reader.GetString(0));
        return types;
    }
}
