using System.Net;
using System.Text;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Mail.Core.Suppressions;
using Mail.Core.Templates;
using Mail.Inbound.Session;
using Mail.Integrations.Redis;
using Mail.Protocol.Addresses;
using Mail.TestKit;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Submission;

public sealed class SubmissionTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Content = "From: shop@demo.test\r\nSubject: hello\r\n\r\ntext";

    private IServiceProvider Services => fixture.Development.Services;

    [Fact]
    public async Task Suppressed_recipient_is_refused_by_itself()
    {
        await fixture.ClearAsync();
        Assert.True(EmailAddress.TryParse("gone@example.test", out var gone, out _));
        await Services.GetRequiredService<SuppressionStore>().SuppressAsync(
            await OrganizationAsync(), gone, SuppressionReason.HardBounce, message: null, CancellationToken.None);
        await using var client = await LogInAsync();

        Assert.StartsWith("250 ", await client.AskAsync("MAIL FROM:<shop@demo.test>"));
        Assert.Equal("550 5.7.1 GONE@example.test is on the suppression list", await client.AskAsync("RCPT TO:<GONE@example.test>"));
        Assert.StartsWith("354 ", await client.AskAsync("RCPT TO:<user@example.test>", "DATA"));
        Assert.StartsWith("250 2.0.0 OK queued as msg_", await client.EndAsync(Content));

        Assert.Equal(["bcc user@example.test"], Assert.Single(await fixture.SubmittedAsync()).Recipients);
    }

    [Fact]
    public async Task Recipients_over_the_limit_are_for_another_transaction()
    {
        await fixture.ClearAsync();
        await using var client = await LogInAsync();

        Assert.Equal("452 4.5.3 Too many recipients", await client.AskAsync(
            ["MAIL FROM:<shop@demo.test>", .. Enumerable.Range(0, 101).Select(i => $"RCPT TO:<user{i}@example.test>")]));
        Assert.StartsWith("354 ", await client.AskAsync("DATA"));
        Assert.StartsWith("250 ", await client.EndAsync(Content));

        Assert.Equal(100, Assert.Single(await fixture.SubmittedAsync()).Recipients.Length);
    }

    [Fact]
    public async Task Message_with_the_same_key_is_queued_once()
    {
        await fixture.ClearAsync();
        await using var client = await LogInAsync();

        var first = await client.MailAsync("Idempotency-Key: once\r\n" + Content);
        var again = await client.MailAsync("Message-ID: <other@x>\r\nIdempotency-Key: once\r\n" + Content);
        var other = await client.MailAsync("Idempotency-Key: once\r\n" + Content + " that differs");

        Assert.StartsWith("250 2.0.0 OK queued as msg_", first);
        Assert.Equal(first, again);
        Assert.Equal("554 5.6.0 Idempotency-Key 'once' was used with another message", other);
        Assert.Single(await fixture.SubmittedAsync());
    }

    [Fact]
    public async Task Promise_of_tls_all_the_way_goes_with_the_message()
    {
        await fixture.ClearAsync();
        await using var client = await LogInAsync();

        Assert.StartsWith("354 ", await client.AskAsync("MAIL FROM:<shop@demo.test> REQUIRETLS", "RCPT TO:<user@example.test>", "DATA"));
        Assert.StartsWith("250 ", await client.EndAsync(Content));
        Assert.StartsWith("250 ", await client.MailAsync(Content));

        await using var read = fixture.Database.DataSource.CreateCommand("select array_agg(coalesce(tls, '-') order by id) from messages where source = 'submission'");
        Assert.Equal(["requiretls", "-"], (string[])(await read.ExecuteScalarAsync())!);
    }

    [Fact]
    public async Task What_the_fields_say_is_stored()
    {
        await fixture.ClearAsync();
        await using var client = await LogInAsync();

        Assert.StartsWith("250 ", await client.MailAsync("X-Mail-Tag: a=1\r\nX-Mail-Metadata: {\"order\":\"7\"}\r\nX-Own: kept\r\nTo: user@example.test\r\n" + Content, to: ["user@example.test"]));

        var row = Assert.Single(await fixture.SubmittedAsync());
        Assert.Equal(("hello", "{\"a\": \"1\"}", "{\"order\": \"7\"}", "{\"X-Own\": \"kept\"}"), (row.Subject, row.Tags, row.Metadata, row.Headers));
        Assert.Equal(["to user@example.test"], row.Recipients);
    }

    [Fact]
    public async Task Template_takes_the_place_of_the_text()
    {
        await fixture.ClearAsync();
        var content = new TemplateContent("Order {{number}}", null, "Hello {{name}}", null);
        await Services.GetRequiredService<EditTemplates>().CreateAsync(
            await OrganizationAsync(), "order", "order", content, isPublished: true, CancellationToken.None);
        await using var client = await LogInAsync();

        Assert.StartsWith("250 ", await client.MailAsync(
            "From: shop@demo.test\r\nX-Mail-Template: order\r\nX-Mail-Variables: {\"name\":\"Ann\",\"number\":7}\r\n\r\nfor other readers"));
        Assert.Equal("554 5.6.0 X-Mail-Variables lacks number, name", await client.MailAsync("From: shop@demo.test\r\nX-Mail-Template: order\r\n\r\nx"));

        Assert.StartsWith("250 ", await client.MailAsync(
            "From: shop@demo.test\r\nSubject: Ours\r\nX-Mail-Template: order\r\nX-Mail-Variables: {\"name\":\"Ben\",\"number\":8}\r\n\r\nfor other readers"));

        Assert.Equal([("Order 7", "Hello Ann", null, null), ("Ours", "Hello Ben", null, null)],
            (await fixture.SubmittedAsync()).Select(row => (row.Subject, row.Text, row.Html, row.Headers)));
    }

    [Fact]
    public async Task Sessions_that_send_the_same_key_at_once_queue_one_message()
    {
        await fixture.ClearAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            await using var client = await LogInAsync();
            return await client.MailAsync("Idempotency-Key: at-once\r\n" + Content);
        }));

        Assert.StartsWith("250 2.0.0 OK queued as msg_", Assert.Single(replies.Distinct()));
        Assert.Single(await fixture.SubmittedAsync());
    }

    [Fact]
    public async Task Key_that_may_not_send_is_told_so()
    {
        var (key, _) = await CreateKeyAsync("reader", Scopes.EmailsRead);
        await using var client = await StartAsync();

        Assert.Equal("535 5.7.8 This API key lacks the scope emails:send", await client.AskAsync(Plain(key)));
    }

    [Fact]
    public async Task Key_of_one_domain_sends_from_no_other()
    {
        var (key, _) = await CreateKeyAsync("restricted", Scopes.EmailsSend, "other.test");
        await using var client = await LogInAsync(key);

        Assert.Equal("550 5.7.1 This API key may send from other.test only, not from demo.test", await client.MailAsync(Content));
    }

    [Fact]
    public async Task Revoked_key_ends_what_it_began()
    {
        var (key, id) = await CreateKeyAsync("leaving", Scopes.EmailsSend);
        await using var client = await LogInAsync(key);
        Assert.StartsWith("250 ", await client.MailAsync(Content));

        Assert.True(await Services.GetRequiredService<ApiKeyRegistry>().RevokeAsync(await OrganizationAsync(), id, CancellationToken.None));

        Assert.Equal("421 4.7.0 The API key is not valid any more", await client.AskAsync("MAIL FROM:<shop@demo.test>"));
        Assert.Null(await client.ReplyAsync());
    }

    [Fact]
    public async Task Suspended_organization_does_not_log_in()
    {
        var organization = await Services.GetRequiredService<OrganizationStore>().CreateAsync("suspended", CancellationToken.None);
        var (key, _) = await CreateKeyAsync("key", Scopes.EmailsSend, organization: organization);
        await Services.GetRequiredService<SuspendOrganization>().SuspendAsync(organization!.Value, CancellationToken.None);
        await using var client = await StartAsync();

        Assert.Equal("535 5.7.13 The organization is suspended", await client.AskAsync(Plain(key)));
    }

    [Fact]
    public async Task Rate_limit_refuses_before_the_message_is_sent()
    {
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, clock: new ManualTime(), settings:
            [("Mail:Demo:ApiKey", InboundFixture.ApiKey), ("Mail:RateLimits:SendPerSecondPerKey", "1"), ("Mail:RateLimits:Burst", "00:01:00")]);
        await using var client = await LogInAsync(host: host);
        for (var i = 0; i < 60; i++)
            Assert.StartsWith("250 ", await client.AskAsync("MAIL FROM:<shop@demo.test>", "RSET"));

        var refusal = await client.AskAsync("MAIL FROM:<shop@demo.test>");

        Assert.Matches("^450 4\\.7\\.1 Rate limit reached, try again in [0-9]+ s$", refusal);
    }

    [Fact]
    public async Task Address_of_too_many_failures_has_to_wait_even_with_a_good_key()
    {
        await using var host = await HostAsync(("Mail:Submission:MaxLoginFailures", "2"));
        var address = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 1);
        await using (var guesser = await StartAsync(host, address))
        {
            Assert.StartsWith("535 ", await guesser.AskAsync(Plain("a")));
            Assert.StartsWith("535 ", await guesser.AskAsync(Plain("b")));
            Assert.Equal("421 4.7.0 Too many failed log-ins from this address, try again later", await guesser.AskAsync(Plain("c")));
            Assert.Null(await guesser.ReplyAsync());
        }
        await using var same = await StartAsync(host, address);
        Assert.StartsWith("421 4.7.0", await same.AskAsync(Plain(InboundFixture.ApiKey)));
        await using var other = await StartAsync(host, new IPEndPoint(IPAddress.Parse("192.0.2.8"), 1));
        Assert.StartsWith("235 ", await other.AskAsync(Plain(InboundFixture.ApiKey)));
    }

    [Fact]
    public async Task Failures_in_one_process_close_the_door_of_the_other()
    {
        await using var one = await StartWithRedisAsync();
        await using var other = await StartWithRedisAsync();
        var address = new IPEndPoint(IPAddress.Parse("192.0.2.78"), 1);
        await using (var guesser = await StartAsync(one, address))
        {
            Assert.StartsWith("535 ", await guesser.AskAsync(Plain("a")));
            Assert.StartsWith("535 ", await guesser.AskAsync(Plain("b")));
        }

        await using var same = await StartAsync(other, address);
        Assert.StartsWith("421 4.7.0", await same.AskAsync(Plain(InboundFixture.ApiKey)));
    }

    [Fact]
    public async Task Message_whose_attachments_cannot_be_stored_is_for_later()
    {
        await fixture.ClearAsync();
        await using var client = await LogInAsync();

        Assert.Equal("451 4.3.0 Local error, try again later", await client.MailAsync("Content-Type: a/b\r\n" + Content));
        Assert.Empty(await fixture.SubmittedAsync());
    }

    [Fact]
    public async Task Session_without_log_in_is_not_for_other_servers_mail()
    {
        await using var client = new LineClient(fixture.Development.Connect());
        await client.GreetAsync();
        await client.StartTlsAsync();
        Assert.StartsWith("250 ", await client.AskAsync("EHLO client.test"));

        Assert.StartsWith("502 5.5.1", await client.AskAsync(Plain(InboundFixture.ApiKey)));
    }

    private async Task<InboundHost> StartWithRedisAsync()
    {
        // Time stands still: a machine under load is not a Redis that hangs.
        var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, clock: new ManualTime(), settings:
        [
            ("Mail:Demo:ApiKey", InboundFixture.ApiKey), ("Mail:Submission:MaxLoginFailures", "2"),
            ("ConnectionStrings:redis", (await RedisServer.SharedAsync()).ConnectionString),
        ]);
        await host.Services.GetRequiredService<RedisClient>().ConnectAsync();
        return host;
    }

    private Task<InboundHost> HostAsync(params (string Key, string Value)[] settings) => InboundHost.StartAsync(
        fixture.Database.ConnectionString, settings: [("Mail:Demo:ApiKey", InboundFixture.ApiKey), .. settings]);

    private async Task<LineClient> StartAsync(InboundHost? host = null, IPEndPoint? address = null)
    {
        var client = new LineClient((host ?? fixture.Development).Connect(address, SmtpServiceKind.Submission));
        await client.GreetAsync();
        await client.StartTlsAsync();
        Assert.StartsWith("250 ", await client.AskAsync("EHLO client.test"));
        return client;
    }

    private async Task<LineClient> LogInAsync(string key = InboundFixture.ApiKey, InboundHost? host = null)
    {
        var client = await StartAsync(host);
        Assert.StartsWith("235 ", await client.AskAsync(Plain(key)));
        return client;
    }

    private static string Plain(string key) => "AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0anybody\0" + key));

    private async Task<OrganizationId> OrganizationAsync() =>
        (await Services.GetRequiredService<OrganizationStore>().FindByNameAsync(DemoSeed.OrganizationName, CancellationToken.None))!.Value;

    private async Task<(string Key, ApiKeyId Id)> CreateKeyAsync(
        string name, string scope, string? domain = null, OrganizationId? organization = null)
    {
        var outcome = await Services.GetRequiredService<ApiKeyRegistry>().CreateAsync(
            organization ?? await OrganizationAsync(), new NewApiKey(name, SendingMode.Live, [scope], Domain: domain), CancellationToken.None);
        var created = Assert.IsType<CreateKeyOutcome.Created>(outcome);
        return (created.Text.Reveal(), created.Key.Id);
    }
}
