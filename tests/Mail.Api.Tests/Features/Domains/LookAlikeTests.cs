namespace Mail.Api.Tests.Features.Domains;

/// <summary>Senders that look as if they were of a verified domain.</summary>
public sealed class LookAlikeTests(DomainsFixture api) : IClassFixture<DomainsFixture>
{
    [Theory]
    [InlineData("a@sub.{0}")]
    [InlineData("a@evil{0}")]
    [InlineData("a@{0}.evil.test")]
    [InlineData("a@еxample-{0}")]
    [InlineData("a@{0}@evil.test")]
    [InlineData("\"a@{0}\"@evil.test")]
    [InlineData("a@{0}.")]
    [InlineData("a@{0}..")]
    [InlineData("a@.{0}")]
    [InlineData("a@[{0}]")]
    [InlineData("friends: a@{0}, b@{0};")]
    [InlineData("a@{0}, b@evil.test")]
    [InlineData("\"a@{0}\" <b@evil.test>")]
    [InlineData("=?utf-8?q?a=40{0}?= <b@evil.test>")]
    [InlineData("a@{0}\r\nBcc: b@evil.test")]
    [InlineData("a@{0}\0")]
    [InlineData("a@evil.test (a@{0})")]
    [InlineData("<@evil.test:a@{0}>")]
    [InlineData("a@{0}%evil.test")]
    [InlineData("a@xn--{0}")]
    public async Task Are_refused_before_anything_is_stored(string sender)
    {
        var tenant = await api.TenantAsync();
        var from = sender.Replace("{0}", tenant.Domain, StringComparison.Ordinal);

        foreach (var (path, to) in new (string, object)[] { ("/v1/mail/send", new[] { "ada@recipient.test" }), ("/v1/emails", "ada@recipient.test") })
        {
            using var response = await tenant.Client.PostJsonAsync(path, new { from, to, subject = "Hello", text = "Hi." });
            Assert.True((int)response.StatusCode is 400 or 422, $"{path} answers {(int)response.StatusCode} to {from}");
        }
        Assert.Equal(0, await api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value));
    }

    [Theory]
    [InlineData("A@{0}")]
    [InlineData("Shop <a@{0}>")]
    [InlineData("\"a b\"@{0}")]
    [InlineData("a@{0}\u200b")] // what the mapping of names drops does not go out either
    [InlineData("\"evil@evil.test\" <a@{0}>")]
    public async Task Are_told_from_those_that_are_of_the_domain(string sender)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", new
        {
            from = sender.Replace("{0}", tenant.Domain.ToUpperInvariant(), StringComparison.Ordinal), to = "ada@recipient.test", subject = "Hello", text = "Hi.",
        });

        await response.ReadAsync(202);
    }

    [Fact]
    public async Task Of_an_international_name_both_forms_are_the_same_and_confusable_letters_are_not()
    {
        var tenant = await api.TenantAsync();
        await api.VerifiedAsync(tenant, "bücher.example");

        foreach (var (domain, status) in new[] { ("BÜCHER.example", 202), ("xn--bcher-kva.example", 202), ("bucher.example", 422), ("büchег.example", 422) })
        {
            using var response = await tenant.Client.PostJsonAsync("/v1/mail/send",
                new { from = $"a@{domain}", to = "ada@recipient.test", subject = "Hello", text = "Hi." });
            Assert.True(status == (int)response.StatusCode || status == 422 && (int)response.StatusCode == 400, $"{(int)response.StatusCode} for {domain}");
        }
    }

    [Fact]
    public async Task A_domain_that_another_organization_verified_is_nobody_elses()
    {
        var (owner, other) = (await api.TenantAsync(), await api.TenantAsync());
        await api.VerifiedAsync(owner, "theirs.example");
        await other.Application.ExecuteAsync(
            "insert into domains (organization_id, id, name) values ($1, gen_random_uuid(), 'theirs.example')", other.Organization.Value);

        using var response = await other.Client.PostJsonAsync("/v1/mail/send",
            new { from = "a@theirs.example", to = "ada@recipient.test", subject = "Hello", text = "Hi." });

        Assert.Equal("domain_not_verified", (await response.ReadAsync(422)).Text("code"));
    }
}
