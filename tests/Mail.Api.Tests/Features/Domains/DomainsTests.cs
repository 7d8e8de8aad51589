using System.Net;
using System.Text.Json;
using Mail.Core.ApiKeys;

namespace Mail.Api.Tests.Features.Domains;

public sealed class DomainsTests(DomainsFixture api) : IClassFixture<DomainsFixture>
{
    private const string Mail = "/v1/mail/domains";

    [Fact]
    public async Task A_domain_is_added_with_the_records_to_publish()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/api" + Mail, new { domain = "Bücher.example." });
        var domain = (await response.ReadAsync(201)).At("data");

        Assert.Equal($"{Mail}/{domain.Text("id")}", response.Headers.Location!.ToString());
        Assert.StartsWith("dom_", domain.Text("id"), StringComparison.Ordinal);
        Assert.Equal(("xn--bcher-kva.example", "pending"), (domain.Text("domain"), domain.Text("status")));
        Assert.Equal(["pending", "pending", "pending", "pending"],
            new[] { "spfStatus", "dkimStatus", "dmarcStatus", "returnPathStatus" }.Select(name => domain.Text(name)));
        Assert.False(domain.At("managedDns").GetBoolean());
        Assert.Equal(JsonValueKind.Null, domain.At("verifiedAt").ValueKind);
        Assert.Equal(JsonValueKind.Null, domain.At("lastCheckedAt").ValueKind);
        Assert.Equal(
            [
                "TXT ms1._domainkey.xn--bcher-kva.example DKIM True",
                "MX mail.xn--bcher-kva.example MAIL FROM True",
                "TXT mail.xn--bcher-kva.example SPF True",
                "TXT _dmarc.xn--bcher-kva.example DMARC False",
            ],
            domain.At("records").EnumerateArray().Select(record =>
                $"{record.Text("type")} {record.Text("name")} {record.Text("purpose")} {record.At("required").GetBoolean()}"));
        var values = domain.At("records").EnumerateArray().Select(record => record.Text("value")).ToList();
        Assert.StartsWith("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", values[0], StringComparison.Ordinal);
        Assert.Equal(["10 bounce.mailer.test", "v=spf1 include:_spf.mailer.test ~all", "v=DMARC1; p=none"], values[1..]);
    }

    [Fact]
    public async Task Nothing_is_sent_from_a_domain_before_its_records_were_seen()
    {
        var tenant = await api.TenantAsync();
        var domain = await api.CreateAsync(tenant, "sends.example");
        var message = new { from = "hello@sends.example", to = "ada@recipient.test", subject = "Hello", text = "Hi." };
        using var early = await tenant.Client.PostJsonAsync("/v1/mail/send", message);
        Assert.Equal("domain_not_verified", (await early.ReadAsync(422)).Text("code"));

        api.Publish(domain);
        var verified = await DomainsFixture.VerifyAsync(tenant, domain);

        Assert.Equal("verified", verified.Text("status"));
        Assert.All(verified.At("records").EnumerateArray(), record => Assert.Equal("verified", record.Text("status")));
        // What was looked up before the records were seen is remembered for a second.
        var sent = await UntilAsync(() => tenant.Client.PostJsonAsync("/v1/mail/send", message), HttpStatusCode.Accepted);
        Assert.Equal("queued", sent.Text("data", "status"));
        Assert.Equal(1, await EventsAsync(domain, "mail.domain.verified"));
    }

    [Fact]
    public async Task A_mistake_is_explained_and_what_was_found_is_shown()
    {
        var tenant = await api.TenantAsync();
        var domain = await api.CreateAsync(tenant, "mistake.example");
        api.Publish(domain);
        api.Dns.Zone.Remove("mail.mistake.example").Mx("mail.mistake.example.mistake.example", 10, "bounce.mailer.test");

        var looked = await DomainsFixture.VerifyAsync(tenant, domain);

        Assert.Equal(("pending", "failed", "missing"), (looked.Text("status"), looked.Text("returnPathStatus"), looked.Text("spfStatus")));
        var record = looked.At("records").EnumerateArray().Single(record => record.Text("purpose") == "MAIL FROM");
        Assert.Contains("adds the domain by itself", record.Text("explanation"), StringComparison.Ordinal);
        Assert.Equal("mail.mistake.example.mistake.example: 10 bounce.mailer.test", record.At("found")[0].GetString());
    }

    [Theory]
    [InlineData("{}", "/domain required")]
    [InlineData("""{"domain":""}""", "/domain required")]
    [InlineData("""{"domain":"localhost"}""", "/domain invalid_value")]
    [InlineData("""{"domain":"co.uk"}""", "/domain invalid_value")]
    [InlineData("""{"domain":"mx.mailer.test"}""", "/domain invalid_value")]
    [InlineData("""{"domain":"a.example\r\nX-Evil: 1"}""", "/domain invalid_value")]
    [InlineData("""{"domain":"a.example\u0000"}""", "/domain invalid_value")]
    [InlineData("""{"domain":"a@b.example"}""", "/domain invalid_value")]
    [InlineData("""{"domain":7}""", "/domain invalid_type")]
    [InlineData("""{"registeredDomainId":"reg_1"}""", "/registeredDomainId not_supported")]
    [InlineData("""{"domain":"a.example","registeredDomainId":"reg_1"}""", "/registeredDomainId not_supported")]
    [InlineData("""{"domain":"a.example","domian":"b.example"}""", "/domian unknown_field")]
    [InlineData("""{"domain":"a.example","mailFromSubdomain":"A.b","tracking":"yes"}""", "/mailFromSubdomain invalid_value", "/tracking invalid_type")]
    [InlineData("""{"domain":"a.example","mailFromSubdomain":"track","tracking":true}""", "/mailFromSubdomain invalid_value")]
    public async Task All_wrong_fields_are_told(string body, params string[] errors)
    {
        var tenant = await api.TenantAsync();

        foreach (var path in new[] { Mail, "/v1/domains" })
        {
            using var response = await tenant.Client.PostTextAsync(path, body);
            Assert.Equal(errors, (await response.ReadAsync(400)).FieldErrors());
        }
    }

    [Fact]
    public async Task A_name_far_too_long_is_refused_like_any_other()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(Mail, new { domain = new string('ü', 100_000) + ".example" });

        Assert.Equal(["/domain invalid_value"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_domain_twice_is_a_conflict()
    {
        var tenant = await api.TenantAsync();
        await api.CreateAsync(tenant, "twice.example");

        using var response = await tenant.Client.PostJsonAsync(Mail, new { domain = "TWICE.example" });

        Assert.Equal("conflict", (await response.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task A_domain_of_another_organization_moves_by_the_proof_that_the_refusal_names()
    {
        var (owner, claimant) = (await api.TenantAsync(), await api.TenantAsync());
        var owned = await api.VerifiedAsync(owner, "moving.example");
        using var refused = await claimant.Client.PostJsonAsync(Mail, new { domain = "moving.example" });
        var proof = (await refused.ReadAsync(409)).At("proof");
        Assert.Equal(("TXT", "_mail-claim.moving.example"), (proof.Text("type"), proof.Text("name")));
        api.Publish("TXT", proof.Text("name"), proof.Text("value"));

        var moved = await api.VerifiedAsync(claimant, "moving.example");

        Assert.Equal("verified", moved.Text("status"));
        var lost = await owner.Client.GetJsonAsync($"{Mail}/{owned.Text("id")}");
        Assert.Equal(("disabled", "claimed"), (lost.Text("data", "status"), lost.Text("data", "disabledReason")));
        Assert.Equal(1, await EventsAsync(owned, "mail.domain.failed"));
        using var again = await owner.Client.PostAsync($"{Mail}/{owned.Text("id")}/verify", null);
        Assert.Equal("_mail-claim.moving.example", (await again.ReadAsync(409)).Text("proof", "name"));
        using var claim = await owner.Client.PostAsync($"{Mail}/{owned.Text("id")}/claim", null);
        Assert.NotEqual(proof.Text("value"), (await claim.ReadAsync(409)).Text("proof", "value"));
    }

    [Fact]
    public async Task A_squatter_blocks_nobody_and_claims_nothing()
    {
        var (squatter, owner) = (await api.TenantAsync(), await api.TenantAsync());
        var squatted = await api.CreateAsync(squatter, "wanted.example");

        Assert.Equal("verified", (await api.VerifiedAsync(owner, "wanted.example")).Text("status"));

        using var claim = await squatter.Client.PostAsync($"{Mail}/{squatted.Text("id")}/claim", null);
        await claim.ReadAsync(409);
        Assert.Equal("pending", (await DomainsFixture.VerifyAsync(squatter, squatted)).Text("status"));
    }

    [Fact]
    public async Task Keys_rotate_and_tracking_changes()
    {
        var tenant = await api.TenantAsync();
        var domain = await api.VerifiedAsync(tenant, "changes.example");
        var path = $"{Mail}/{domain.Text("id")}";

        using var rotate = await tenant.Client.PostAsync($"{path}/rotate-dkim", null);
        var rotating = (await rotate.ReadAsync(200)).At("data");
        Assert.Equal(["ms1._domainkey.changes.example", "ms2._domainkey.changes.example"],
            rotating.At("records").EnumerateArray().Where(record => record.Text("purpose") == "DKIM").Select(record => record.Text("name")));
        using var patch = await tenant.Client.PatchAsync(path, new StringContent(
            """{"trackOpens":true,"trackingHost":"Links.changes.example"}""", System.Text.Encoding.UTF8, "application/json"));
        var tracking = (await patch.ReadAsync(200)).At("data", "tracking");
        Assert.Equal((true, false, "links.changes.example", "pending"),
            (tracking.At("opens").GetBoolean(), tracking.At("clicks").GetBoolean(), tracking.Text("host"), tracking.Text("hostStatus")));

        api.Publish((await tenant.Client.GetJsonAsync(path)).At("data"));
        var verified = await DomainsFixture.VerifyAsync(tenant, domain);
        Assert.Equal("verified", verified.Text("tracking", "hostStatus"));
        Assert.Equal([false, true], verified.At("records").EnumerateArray().Take(2).Select(record => record.At("required").GetBoolean()));
    }

    [Theory]
    [InlineData("changes.other")]
    [InlineData("patched.example")]
    [InlineData("mail.patched.example")]
    [InlineData("x.mail.patched.example")]
    [InlineData("evilpatched.example")]
    [InlineData("a b.patched.example")]
    public async Task A_tracking_host_is_under_its_domain(string host)
    {
        var tenant = await api.TenantAsync();
        var domain = await api.CreateAsync(tenant, "patched.example");

        using var response = await tenant.Client.PatchAsync($"{Mail}/{domain.Text("id")}",
            System.Net.Http.Json.JsonContent.Create(new { trackingHost = host }));

        Assert.Equal(["/trackingHost invalid_value"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_deleted_domain_is_gone()
    {
        var tenant = await api.TenantAsync();
        var domain = await api.CreateAsync(tenant, "gone.example");
        var path = $"{Mail}/{domain.Text("id")}";

        using var deleted = await tenant.Client.DeleteAsync(path);

        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.StatusCode, await deleted.Content.ReadAsStringAsync()));
        await tenant.Client.GetJsonAsync(path, 404);
        using var again = await tenant.Client.DeleteAsync(path);
        await again.ReadAsync(404);
        Assert.Equal(1, await EventsAsync(domain, "mail.domain.deleted"));
    }

    [Fact]
    public async Task Domains_are_listed_page_by_page_newest_first_while_others_are_added()
    {
        var tenant = await api.TenantAsync();
        for (var i = 0; i < 5; i++)
            await api.CreateAsync(tenant, $"page{i}.example");

        var first = await tenant.Client.GetJsonAsync($"{Mail}?limit=2&status=pending");
        await api.CreateAsync(tenant, "page5.example");
        var second = await tenant.Client.GetJsonAsync($"{Mail}?limit=2&status=pending&cursor={first.Text("nextCursor")}");
        var third = await tenant.Client.GetJsonAsync($"{Mail}?limit=2&status=pending&cursor={second.Text("nextCursor")}");

        Assert.Equal(["page4.example", "page3.example", "page2.example", "page1.example", "page0.example"],
            new[] { first, second, third }.SelectMany(page => page.At("data").EnumerateArray()).Select(item => item.Text("domain")));
        Assert.False(third.At("hasMore").GetBoolean());
        Assert.Equal(["?cursor invalid_value", "?limit out_of_range", "?stauts unknown_field"],
            (await Task.WhenAll(
                tenant.Client.GetJsonAsync($"{Mail}?cursor=x", 400), tenant.Client.GetJsonAsync($"{Mail}?limit=101", 400),
                tenant.Client.GetJsonAsync($"{Mail}?stauts=x", 400))).SelectMany(problem => problem.FieldErrors()));
    }

    [Fact]
    public async Task Every_route_asks_for_its_scope_and_hides_what_others_have()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var id = (await api.CreateAsync(tenant, "hidden.example")).Text("id");
        var none = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        foreach (var (method, path, scope) in Routes(id))
        {
            using var forbidden = await none.SendAsync(Request(method, path));
            Assert.Contains($"'{scope}'", (await forbidden.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
            if (!path.Contains(id, StringComparison.Ordinal))
                continue;
            using var hidden = await other.Client.SendAsync(Request(method, path));
            await hidden.ReadAsync(404);
            using var noId = await other.Client.SendAsync(Request(method, path.Replace(id, "dom_nothing", StringComparison.Ordinal)));
            await noId.ReadAsync(404);
        }
        Assert.Equal("pending", (await tenant.Client.GetJsonAsync($"{Mail}/{id}")).Text("data", "status"));
    }

    private static IEnumerable<(string Method, string Path, string Scope)> Routes(string id)
    {
        foreach (var root in new[] { Mail, "/api" + Mail, "/v1/domains" })
        {
            yield return ("POST", root, Scopes.DomainsWrite);
            yield return ("GET", root, Scopes.DomainsRead);
            yield return ("GET", $"{root}/{id}", Scopes.DomainsRead);
            yield return ("POST", $"{root}/{id}/verify", Scopes.DomainsWrite);
            yield return ("DELETE", $"{root}/{id}", Scopes.DomainsWrite);
        }
        yield return ("PATCH", $"{Mail}/{id}", Scopes.DomainsWrite);
        yield return ("POST", $"{Mail}/{id}/rotate-dkim", Scopes.DomainsWrite);
        yield return ("POST", $"{Mail}/{id}/claim", Scopes.DomainsWrite);
        yield return ("GET", $"/v1/domains/{id}/blocklist", Scopes.DomainsRead);
    }

    private static HttpRequestMessage Request(string method, string path) => new(new HttpMethod(method), path)
    {
        Content = method is "POST" or "PATCH" ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json") : null,
    };

    private Task<long> EventsAsync(JsonElement domain, string type)
    {
        Assert.True(Core.Ids.PrefixedId.TryParse<Core.Domains.DomainId>(domain.Text("id"), out var id));
        return api.Application.QueryAsync<long>("select count(*) from events where resource_id = $1 and type = $2", id.Value, type);
    }

    private static async Task<JsonElement> UntilAsync(Func<Task<HttpResponseMessage>> ask, HttpStatusCode expected)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            using var response = await ask();
            if (response.StatusCode == expected || deadline.IsCancellationRequested)
                return await response.ReadAsync((int)expected);
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
