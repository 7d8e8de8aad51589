using System.Text;
using Mail.Core.Inbound;
using Mail.Core.Organizations;
using Mail.TestKit.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Clients;

/// <summary>Other servers' mail: a Postfix that relays to an inbound domain, and one tool that sends as much as it can.</summary>
public sealed class PostfixRelayTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const int Messages = 2_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Postfix_relays_over_tls()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var certificates = new TestCertificates();
        using var certificate = certificates.Issue("relay.local.test");
        var (organization, domain) = await AddDomainAsync();
        var port = fixture.Development.EndPoint.Port;
        await using var postfix = await PostfixServer.StartAsync(certificate, limit.Token, settings:
            ["smtp_tls_security_level = encrypt", $"relay_domains = {domain}", $"relay_transport = smtp:[127.0.0.1]:{port}"]);
        await using var client = new LineClient(await postfix.ConnectAsync(limit.Token));
        await client.GreetAsync();
        string[] recipients = [$"one@{domain}", $"two+tag@{domain}"];

        Assert.StartsWith("250 ", await client.MailAsync("Subject: gr\u00fc\u00dfe\r\n\r\n..text", "ann@writer.test", recipients));

        var mail = Assert.Single(await ReceivedAsync(organization, 1, limit.Token));
        Assert.Equal(recipients, mail.Summary.Recipients);
        Assert.Equal(("ann@writer.test", "gr\u00fc\u00dfe"), (mail.Summary.MailFrom, mail.Summary.Subject));
        var raw = Encoding.UTF8.GetString(mail.Raw!);
        Assert.Matches(@"Received: from \S+ \([^)]*127\.0\.0\.1[^)]*\)\s+by mx\.local\.test with ESMTPS;", raw);
        Assert.EndsWith("\r\n\r\n.text\r\n", raw);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_that_smtp_source_sends_is_stored_once(bool reusesConnections)
    {
        using var limit = new CancellationTokenSource(Limit);
        var (organization, domain) = await AddDomainAsync();
        string[] options = reusesConnections ? ["-d"] : [];

        await ClientProcess.RunAsync("/usr/sbin/smtp-source",
            [.. options, "-s", "20", "-m", $"{Messages}", "-l", "4096", "-N", "-f", "ann@writer.test", "-t", $"one@{domain}", $"127.0.0.1:{fixture.Development.EndPoint.Port}"]);

        await using var command = fixture.Database.DataSource.CreateCommand(
            "select count(*), count(distinct recipients), min(size) from inbound_messages where organization_id = $1");
        command.Parameters.AddWithValue(organization.Value);
        await using var reader = await command.ExecuteReaderAsync(limit.Token);
        Assert.True(await reader.ReadAsync(limit.Token));
        Assert.Equal((Messages, Messages), (reader.GetInt32(0), reader.GetInt32(1)));
        Assert.True(reader.GetInt32(2) > 4_096);
    }

    private Task<(OrganizationId Organization, string Domain)> AddDomainAsync() =>
        InboundDomains.AddAsync(fixture.Development.Services, fixture.Database.DataSource);

    private async Task<List<InboundMessage>> ReceivedAsync(OrganizationId organization, int count, CancellationToken cancellationToken)
    {
        var store = fixture.Development.Services.GetRequiredService<InboundMessageStore>();
        while (true)
        {
            var list = await store.ListAsync(organization, new InboundFilter(null, null, null, null, null, null), null, 100, cancellationToken);
            if (list.Count >= count)
                return [.. await Task.WhenAll(list.Select(async summary => (await store.FindAsync(organization, summary.Id, cancellationToken))!))];
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }
}
