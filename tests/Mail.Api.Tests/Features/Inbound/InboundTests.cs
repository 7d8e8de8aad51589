using System.Text;
using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Inbound;

/// <summary>Inbound domains, mail that an edge server brings for them, and the routes that read it.</summary>
public sealed class InboundTests : IAsyncLifetime
{
    private const string Token = "an operator's token of some length";
    private static readonly TestDnsServer Dns = TestDnsServer.Start();
    private static int _names;

    private PostgresDatabase _database = null!;
    private ApiApplication _application = null!;
    private HttpClient _operator = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        var blobs = await AzuriteServer.SharedAsync();
        _application = new ApiApplication(_database.ConnectionString, blobs.ConnectionString, settings: new Dictionary<string, string>
        {
            ["Mail:Dns:Servers:0"] = Dns.EndPoint.ToString(), ["Mail:Host:Name"] = "mx.mailer.test", ["Mail:OperatorToken"] = Token,
        });
        _operator = _application.ClientWith(Token);
    }

    public async Task DisposeAsync()
    {
        await _application.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Domain_is_verified_once_its_records_are_published_and_deleted()
    {
        var tenant = await _application.TenantAsync();
        var domain = await CreateAsync(tenant, NewName());
        Assert.Equal("pending", domain.Text("status"));
        Assert.Equal(["MX", "TXT"], domain.At("records").EnumerateArray().Select(record => record.Text("type")));
        Assert.Equal("10 mx.mailer.test", domain.At("records")[0].Text("value"));

        Assert.Equal("pending", (await VerifyAsync(tenant, domain)).Text("status"));
        Publish(domain);
        Assert.Equal("verified", (await VerifyAsync(tenant, domain)).Text("status"));

        var path = $"/v1/mail/inbound/domains/{domain.Text("id")}";
        Assert.Equal("verified", (await tenant.Client.GetJsonAsync(path)).Text("data", "status"));
        var told = (await tenant.Client.GetJsonAsync($"/v1/mail/events?resourceId={domain.Text("id")}&resourceType=inbound_domain")).At("data");
        Assert.Equal("mail.inbound.domain.verified", Assert.Single(told.EnumerateArray()).Text("type"));
        Assert.Equal(1, (await tenant.Client.GetJsonAsync("/v1/mail/inbound/domains")).At("data").GetArrayLength());
        using (var deleted = await tenant.Client.DeleteAsync(path))
            Assert.Equal(204, (int)deleted.StatusCode);
        await tenant.Client.GetJsonAsync(path, 404);
    }

    [Fact]
    public async Task Name_is_checked_and_taken_once()
    {
        var tenant = await _application.TenantAsync();
        var name = NewName();
        await CreateAsync(tenant, name);

        using var again = await tenant.Client.PostJsonAsync("/v1/mail/inbound/domains", new { domain = name.ToUpperInvariant() });
        using var bad = await tenant.Client.PostTextAsync("/v1/mail/inbound/domains", """{"domain":"no domain","nmae":1}""");
        using var none = await tenant.Client.PostTextAsync("/v1/mail/inbound/domains", "{}");

        Assert.Equal("conflict", (await again.ReadAsync(409)).Text("code"));
        Assert.Contains("/nmae unknown_field", (await bad.ReadAsync(400)).FieldErrors());
        Assert.Contains("/domain required", (await none.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Of_two_organizations_that_prove_a_name_the_first_has_it()
    {
        var (one, two) = (await _application.TenantAsync(), await _application.TenantAsync());
        var name = NewName();
        var first = await CreateAsync(one, name);
        var second = await CreateAsync(two, name);
        Publish(first);
        Dns.Zone.Txt(second.At("records")[1].Text("name"), second.At("records")[1].Text("value"));
        Assert.NotEqual(first.At("records")[1].Text("value"), second.At("records")[1].Text("value"));

        Assert.Equal("verified", (await VerifyAsync(one, first)).Text("status"));

        using var refused = await two.Client.PostAsync($"/v1/mail/inbound/domains/{second.Text("id")}/verify", null);
        Assert.Equal("conflict", (await refused.ReadAsync(409)).Text("code"));
        await two.Client.GetJsonAsync($"/v1/mail/inbound/domains/{first.Text("id")}", 404);
    }

    [Fact]
    public async Task Mail_of_an_edge_server_is_stored_and_read_in_all_its_parts()
    {
        var (tenant, name) = await VerifiedAsync();
        var mail = $"From: Ann <ann@writer.test>\r\nTo: help@{name}\r\nSubject: grüße\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThanks\r\n> quoted\r\n--b\r\nContent-Type: text/html; name=\"x.html\"\r\nContent-Disposition: attachment; filename=\"x.html\"\r\n\r\n<script>1</script>\r\n--b--\r\n";

        var id = (await BringAsync($"to=help%2B42@{name}&from=ann@writer.test&client=192.0.2.1", mail)).Text("id");

        var path = $"/v1/mail/inbound/messages/{id}";
        var read = (await tenant.Client.GetJsonAsync(path)).At("data");
        Assert.Equal(("grüße", "Thanks", "42"), (read.Text("subject"), read.Text("replyText"), read.At("envelope", "recipients")[0].Text("tag")));
        Assert.Equal("none", read.Text("authentication", "dmarc", "result"));
        Assert.EndsWith(mail, await tenant.Client.GetStringAsync(path + "/raw"));
        var attachment = (await tenant.Client.GetJsonAsync(path + "/attachments")).At("data")[0];
        Assert.Equal("x.html", attachment.Text("filename"));
        using (var file = await tenant.Client.GetAsync($"{path}/attachments/{attachment.Text("id")}"))
        {
            Assert.Equal("<script>1</script>", await file.Content.ReadAsStringAsync());
            Assert.Equal("application/octet-stream", file.Content.Headers.ContentType!.MediaType);
            Assert.Equal("attachment", file.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
        }
        await tenant.Client.GetJsonAsync(path + "/attachments/2", 404);
        using (var again = await tenant.Client.PostAsync(path + "/reprocess", null))
            Assert.Equal("Thanks", (await again.ReadAsync(200)).Text("data", "replyText"));
        Assert.Equal("mail.inbound.received", (await tenant.Client.GetJsonAsync("/v1/mail/events?type=mail.inbound.received")).At("data")[0].Text("type"));
        using (var deleted = await tenant.Client.DeleteAsync(path))
            Assert.Equal(204, (int)deleted.StatusCode);
        await tenant.Client.GetJsonAsync(path, 404);
    }

    [Fact]
    public async Task Attachment_is_read_by_anybody_who_has_its_signed_address_while_the_mail_is_there()
    {
        var (tenant, path, attachment) = await ReceiveFileAsync();
        using var signed = await tenant.Client.PostJsonAsync($"{path}/attachments/{attachment}/signed-url", new { expiresIn = "10m" });
        var data = (await signed.ReadAsync(200)).At("data");
        using var anybody = _application.CreateClient();
        var address = new Uri(data.Text("url")).PathAndQuery;

        Assert.InRange(DateTimeOffset.Parse(data.Text("expiresAt"), null) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        using (var file = await anybody.GetAsync(address))
        {
            Assert.Equal("<script>1</script>", await file.Content.ReadAsStringAsync());
            Assert.Equal(("application/octet-stream", "attachment", "x_.html"), (
                file.Content.Headers.ContentType!.ToString(), file.Content.Headers.ContentDisposition!.DispositionType, file.Content.Headers.ContentDisposition.FileNameStar));
            Assert.Equal("default-src 'none'; sandbox", Assert.Single(file.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(file.Headers.GetValues("Referrer-Policy")));
            Assert.True(file.Headers.CacheControl!.NoStore);
        }
        foreach (var wrong in new[] { address[..^1] + (address[^1] == 'A' ? 'B' : 'A'), address + "A", address[..30], "/files/received/" + new string('A', 4000) })
            await anybody.GetJsonAsync(wrong, 404);
        await anybody.GetJsonAsync(address.Replace("/received/", "/", StringComparison.Ordinal), 404);
        using (await tenant.Client.DeleteAsync(path))
            await anybody.GetJsonAsync(address, 404);
    }

    [Fact]
    public async Task Attachment_is_redirected_to_when_asked()
    {
        var (tenant, path, attachment) = await ReceiveFileAsync();
        using var client = _application.CreateClient(new() { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = tenant.Client.DefaultRequestHeaders.Authorization;

        using var redirect = await client.GetAsync($"{path}/attachments/{attachment}?redirect=true");

        Assert.Equal(302, (int)redirect.StatusCode);
        using var anybody = _application.CreateClient();
        Assert.Equal("<script>1</script>", await anybody.GetStringAsync(redirect.Headers.Location!.PathAndQuery));
        Assert.Equal(["?redirect invalid_value"], (await tenant.Client.GetJsonAsync($"{path}/attachments/{attachment}?redirect=1", 400)).FieldErrors());
    }

    [Fact]
    public async Task Signed_address_has_bounds_and_an_owner_and_ends()
    {
        var (tenant, path, attachment) = await ReceiveFileAsync();
        var other = await _application.TenantAsync();
        var sign = $"{path}/attachments/{attachment}/signed-url";

        foreach (var (body, error) in new[] { ("""{"expiresIn":"60d"}""", "/expiresIn out_of_range"), ("""{"expiresIn":"0s"}""", "/expiresIn out_of_range"), ("""{"expires":"5s"}""", "/expires unknown_field") })
        {
            using var refused = await tenant.Client.PostTextAsync(sign, body);
            Assert.Equal([error], (await refused.ReadAsync(400)).FieldErrors());
        }
        using (var stranger = await other.Client.PostAsync(sign, null))
            await stranger.ReadAsync(404);
        using (var missing = await tenant.Client.PostAsync($"{path}/attachments/9/signed-url", null))
            await missing.ReadAsync(404);
        using (var sender = await tenant.WithKeyAsync([Scopes.EmailsSend]))
        using (var refused = await sender.PostAsync(sign, null))
            await refused.ReadAsync(403);
        var links = _application.Services.GetRequiredService<AttachmentLinks>();
        Assert.True(PrefixedId.TryParse<InboundMessageId>(path.Split('/')[^1], out var id));
        using var anybody = _application.CreateClient();
        await anybody.GetJsonAsync("/files/received/" + links.Write(tenant.Organization, id, 1, DateTimeOffset.UtcNow.AddSeconds(-1)), 404);
        await anybody.GetJsonAsync("/files/received/" + links.Write(other.Organization, id, 1, DateTimeOffset.UtcNow.AddMinutes(1)), 404);
        Assert.Equal("<script>1</script>", await anybody.GetStringAsync("/files/received/" + links.Write(tenant.Organization, id, 1, DateTimeOffset.UtcNow.AddMinutes(1))));
    }

    [Fact]
    public async Task List_is_filtered_and_paged_and_nobody_else_sees_it()
    {
        var (tenant, name) = await VerifiedAsync();
        for (var i = 0; i < 3; i++)
            await BringAsync($"to=a{i}@{name}&from=x@writer.test&client=192.0.2.1", $"From: w{i}@writer.test\r\nSubject: number {i}\r\n\r\nx\r\n");
        var other = await _application.TenantAsync();

        foreach (var (query, count) in new[] { ("", 3), ($"?to=A1@{name}", 1), ("?from=w2@writer.test", 1), ("?subject=NUMBER", 3), ($"?domain={name}", 3), ("?domain=x.test", 0), ("?createdTo=2020-01-01T00:00:00Z", 0) })
            Assert.Equal(count, (await tenant.Client.GetJsonAsync("/v1/mail/inbound/messages" + query)).At("data").GetArrayLength());
        var page = await tenant.Client.GetJsonAsync("/v1/mail/inbound/messages?limit=2");
        var rest = await tenant.Client.GetJsonAsync($"/v1/mail/inbound/messages?limit=2&cursor={page.Text("nextCursor")}");
        Assert.Equal(["number 2", "number 1", "number 0"], page.At("data").EnumerateArray().Concat(rest.At("data").EnumerateArray()).Select(mail => mail.Text("subject")));
        Assert.Equal(0, (await other.Client.GetJsonAsync("/v1/mail/inbound/messages")).At("data").GetArrayLength());
        Assert.Equal(["?createdFrom invalid_value", "?to invalid_email"],
            (await tenant.Client.GetJsonAsync("/v1/mail/inbound/messages?to=x&createdFrom=y", 400)).FieldErrors());
        using var reader = await tenant.WithKeyAsync([Scopes.InboundRead]);
        using var refused = await reader.DeleteAsync($"/v1/mail/inbound/messages/{page.At("data")[0].Text("id")}");
        await refused.ReadAsync(403);
    }

    [Theory]
    [InlineData("/internal/mail/inbound?to=a@elsewhere.test&client=192.0.2.1")]
    [InlineData("/internal/mail/inbound?client=192.0.2.1")]
    [InlineData("/internal/mail/inbound?to=a@b.test&client=x")]
    [InlineData("/internal/mail/bounces?to=b%2Baaaa@bounce.test")]
    public async Task What_proves_nothing_is_refused(string path)
    {
        using var refused = await _operator.PostAsync(path, new StringContent("Subject: x\r\n\r\n"));
        await refused.ReadAsync(400);
        using var tenant = await _application.ClientWith("").PostAsync(path, new StringContent("x"));
        await tenant.ReadAsync(401);
    }

    [Fact]
    public async Task Complaint_without_a_return_path_of_ours_is_no_complaint()
    {
        using var taken = await _operator.PostAsync("/internal/mail/complaints", new StringContent("Subject: x\r\n\r\n"));

        Assert.Equal("no_report", (await taken.ReadAsync(200)).Text("outcome"));
    }

    [Fact]
    public async Task Mail_to_the_operator_is_listed_read_and_deleted()
    {
        var id = PrefixedId.New<OperatorMailId>(TimeProvider.System);
        await _application.ExecuteAsync(
            "insert into operator_mail (id, mail_from, rcpt_to, subject, size, raw) values ($1, 'a@b.test', 'postmaster@mx.test', 'Help', 4, 'mail'::bytea)", id.Value);

        Assert.Equal("Help", (await _operator.GetJsonAsync("/internal/mail/operator")).At("data")[0].Text("subject"));
        Assert.Equal("mail", await _operator.GetStringAsync($"/internal/mail/operator/{id}/raw"));
        using (var deleted = await _operator.DeleteAsync($"/internal/mail/operator/{id}"))
            Assert.Equal(204, (int)deleted.StatusCode);
        using var gone = await _operator.DeleteAsync($"/internal/mail/operator/{id}");
        await gone.ReadAsync(404);
    }

    private static string NewName() => $"in{Interlocked.Increment(ref _names)}.receiver.example";

    private static async Task<JsonElement> CreateAsync(Tenant tenant, string domain)
    {
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/inbound/domains", new { domain });
        return (await response.ReadAsync(201)).At("data");
    }

    private static async Task<JsonElement> VerifyAsync(Tenant tenant, JsonElement domain)
    {
        using var response = await tenant.Client.PostAsync($"/v1/mail/inbound/domains/{domain.Text("id")}/verify", null);
        return (await response.ReadAsync(200)).At("data");
    }

    private static void Publish(JsonElement domain)
    {
        Dns.Zone.Mx(domain.At("records")[0].Text("name"), 10, "mx.mailer.test");
        Dns.Zone.Txt(domain.At("records")[1].Text("name"), domain.At("records")[1].Text("value"));
    }

    private async Task<(Tenant Tenant, string Name)> VerifiedAsync()
    {
        var tenant = await _application.TenantAsync();
        var domain = await CreateAsync(tenant, NewName());
        Publish(domain);
        Assert.Equal("verified", (await VerifyAsync(tenant, domain)).Text("status"));
        return (tenant, domain.Text("domain"));
    }

    private async Task<(Tenant Tenant, string Path, string Attachment)> ReceiveFileAsync()
    {
        var (tenant, name) = await VerifiedAsync();
        var id = (await BringAsync($"to=a@{name}&from=x@writer.test&client=192.0.2.1",
            "From: x@writer.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n--b\r\nContent-Type: text/html\r\n"
            + "Content-Disposition: attachment; filename=\"x\u202e.html\"\r\n\r\n<script>1</script>\r\n--b--\r\n")).Text("id");
        var path = $"/v1/mail/inbound/messages/{id}";
        return (tenant, path, (await tenant.Client.GetJsonAsync(path)).At("data", "attachments")[0].Text("id"));
    }

    private async Task<JsonElement> BringAsync(string query, string mail)
    {
        using var response = await _operator.PostAsync($"/internal/mail/inbound?{query}", new StringContent(mail, Encoding.UTF8, "message/rfc822"));
        return await response.ReadAsync(200);
    }
}
