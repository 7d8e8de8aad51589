namespace Mail.Api.Tests.Features.Messages;

/// <summary>Texts that try to become a second header, a second recipient, another sender, or a crash.</summary>
[Collection(ApiCollection.Name)]
public sealed class HostileInputTests(ApiFixture api)
{
    private static readonly string[] Attacks =
        ["\\r\\nBcc: victim@victim.test", "\\nX: y", "\\r", "\\u0000", "\\ud800", "\\udc00x", "\\u2028x", "\\u0085x", "\\u007f", "\\u001b[2J"];

    private static readonly string[] LineFields =
    [
        "\"from\":\"Name@@ <hello@DOMAIN>\"", "\"from\":\"hello@DOMAIN@@\"", "\"from\":{\"email\":\"hello@DOMAIN@@\"}",
        "\"from\":{\"email\":\"hello@DOMAIN\",\"name\":\"N@@\"}", "\"to\":\"a@recipient.test@@\"", "\"to\":[{\"email\":\"a@@@recipient.test\"}]",
        "\"to\":{\"email\":\"a@recipient.test\",\"name\":\"@@\"}", "\"cc\":[\"Name@@ <a@recipient.test>\"]", "\"bcc\":\"a@recipient.test@@\"",
        "\"replyTo\":\"a@recipient.test@@\"", "\"subject\":\"Hi@@\"", "\"headers\":{\"X-A\":\"b@@\"}", "\"headers\":{\"X-A@@\":\"b\"}",
        "\"tags\":{\"a\":\"b@@\"}", "\"tags\":{\"a@@\":\"b\"}", "\"tags\":\"a@@\"", "\"metadata\":{\"a\":\"b@@\"}", "\"metadata\":{\"a@@\":\"b\"}",
        "\"idempotencyKey\":\"k@@\"", "\"expiresIn\":\"10m@@\"",
        "\"attachments\":[{\"filename\":\"f@@\",\"content\":\"\"}]", "\"attachments\":[{\"filename\":\"f\",\"content\":\"\",\"contentType\":\"text/plain@@\"}]",
        "\"attachments\":[{\"filename\":\"f\",\"content\":\"\",\"contentId\":\"c@@\"}]",
        "\"unknown@@\":1", "\"to\":{\"email\":\"a@recipient.test\",\"x@@\":1}",
    ];

    public static TheoryData<string> Fields => new(LineFields);

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Control_characters_in_a_line_are_refused(string field)
    {
        var tenant = await api.TenantAsync();
        foreach (var attack in Attacks)
        {
            using var response = await tenant.Client.PostTextAsync("/v1/mail/send", Body(tenant, field, attack));

            var problem = await response.ReadAsync(400);
            Assert.Contains(problem.Text("code"), new[] { "validation_error", "invalid_json" });
        }
        Assert.Equal(0L, await api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value));
    }

    [Theory]
    [InlineData("html")]
    [InlineData("text")]
    public async Task Bodies_take_everything_but_what_no_text_can_hold(string field)
    {
        var tenant = await api.TenantAsync();
        foreach (var attack in Attacks)
        {
            using var response = await tenant.Client.PostTextAsync("/v1/mail/send", Body(tenant, $"\"{field}\":\"a@@\"", attack));

            var refused = attack is "\\u0000" or "\\ud800" or "\\udc00x";
            var body = await response.ReadAsync(refused ? 400 : 202);
            if (refused)
                Assert.Equal([$"/{field} invalid_characters"], body.FieldErrors());
        }
        Assert.Equal(0L, await api.Application.QueryAsync<long>(
            "select count(*) from message_recipients where organization_id = $1 and address <> 'ada@recipient.test'", tenant.Organization.Value));
    }

    [Theory]
    [InlineData("hello@DOMAIN, x@evil.test")]
    [InlineData("\"hello@DOMAIN\" <x@evil.test>")]
    [InlineData("hello@DOMAIN <x@evil.test>")]
    [InlineData("<hello@DOMAIN> <x@evil.test>")]
    [InlineData("Group: hello@DOMAIN;")]
    [InlineData("hello@sub.DOMAIN")]
    [InlineData("hello@DOMAIN.evil.test")]
    [InlineData("hello@evil-DOMAIN")]
    [InlineData("\"hello@DOMAIN\"@evil.test")]
    [InlineData("hello@DOMAIN@evil.test")]
    [InlineData("@evil.test:hello@DOMAIN")]
    [InlineData("<@evil.test:hello@DOMAIN>")]
    [InlineData("hello@DOMAIN(comment)")]
    [InlineData("hello@DOMAIN%00.evil.test")]
    [InlineData("hello@DOMAIN\\u3002evil.test")]
    [InlineData("hello@[127.0.0.1]")]
    [InlineData("hello")]
    [InlineData("@DOMAIN")]
    public async Task A_sender_that_only_looks_like_the_verified_domain_is_refused(string from)
    {
        var tenant = await api.TenantAsync();
        foreach (var path in new[] { "/v1/mail/send", "/v1/emails" })
        {
            var address = from.Replace("DOMAIN", tenant.Domain, StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

            using var response = await tenant.Client.PostTextAsync(path, Body(tenant, $"\"from\":\"{address}\"", ""));

            Assert.Contains((int)response.StatusCode, new[] { 400, 422 });
        }
    }

    [Theory]
    [InlineData("hello@TENANT")]
    [InlineData("hello@TENANT.")]
    [InlineData("hello@TENANT\\u200b")]
    public async Task A_sender_domain_in_another_spelling_is_the_same_domain_or_refused(string from)
    {
        var tenant = await api.TenantAsync();
        var address = from.Replace("TENANT", tenant.Domain.ToUpperInvariant(), StringComparison.Ordinal);

        using var response = await tenant.Client.PostTextAsync("/v1/mail/send", Body(tenant, $"\"from\":\"{address}\"", ""));

        if ((int)response.StatusCode == 202)
        {
            Assert.Equal(tenant.Sender, await api.Application.QueryAsync<string>(
                "select from_address from messages where organization_id = $1", tenant.Organization.Value));
        }
        else
            Assert.Contains((int)response.StatusCode, new[] { 400, 422 });
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{'a':1}")]
    [InlineData("// c\n{}")]
    [InlineData("{\"subject\":\"a\",\"subject\":\"b\"}")]
    [InlineData("{\"subject\":\"a\",\"s\\u0075bject\":\"b\"}")]
    [InlineData("{\"from\":{\"email\":\"a@b.test\",\"email\":\"c@d.test\"}}")]
    [InlineData("{\"metadata\":{\"a\":\"1\",\"a\":\"2\"}}")]
    [InlineData("{\"tags\":{\"a\":\"1\",\"a\":\"2\"}}")]
    [InlineData("{\"\\ud800\":1}")]
    public async Task What_is_not_one_JSON_object_is_invalid_json(string json)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostTextAsync("/v1/mail/send", json);

        Assert.Equal("invalid_json", (await response.ReadAsync(400)).Text("code"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("1")]
    public async Task A_body_that_is_no_object_is_a_validation_error(string json)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostTextAsync("/v1/mail/send", json);

        Assert.Equal([" invalid_type"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Theory]
    [InlineData("to")]
    [InlineData("data")]
    [InlineData("unknown")]
    [InlineData("metadata")]
    public async Task Deep_nesting_is_refused(string field)
    {
        var tenant = await api.TenantAsync();
        var depth = 100_000;

        using var response = await tenant.Client.PostTextAsync(
            "/v1/mail/send", $"{{\"{field}\":{new string('[', depth)}{new string(']', depth)}}}");

        Assert.Equal("invalid_json", (await response.ReadAsync(400)).Text("code"));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused()
    {
        var tenant = await api.TenantAsync();
        using var content = new ByteArrayContent([.. "{\"subject\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");

        using var response = await tenant.Client.PostAsync("/v1/mail/send", content);

        Assert.Equal("invalid_json", (await response.ReadAsync(400)).Text("code"));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Another_media_type_is_415(string contentType)
    {
        var tenant = await api.TenantAsync();
        using var content = new StringContent("{}");
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);

        using var response = await tenant.Client.PostAsync("/v1/mail/send", content);

        Assert.Equal("unsupported_media_type", (await response.ReadAsync(415)).Text("code"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413_whether_announced_or_not(bool announced)
    {
        var tenant = await api.TenantAsync();
        var body = new byte[60_000_001];
        Array.Fill(body, (byte)' ');
        using var content = new StreamContent(announced ? new MemoryStream(body) : new UnseekableStream(body));
        content.Headers.ContentType = new("application/json");

        using var response = await tenant.Client.PostAsync("/v1/mail/send", content);

        Assert.Equal("payload_too_large", (await response.ReadAsync(413)).Text("code"));
    }

    private static string Body(Tenant tenant, string field, string attack)
    {
        var fields = new Dictionary<string, string>
        {
            ["from"] = $"\"from\":\"{tenant.Sender}\"", ["to"] = "\"to\":\"ada@recipient.test\"", ["subject"] = "\"subject\":\"s\"",
            ["text"] = "\"text\":\"t\"",
        };
        fields[field.Split('"')[1]] = field.Replace("DOMAIN", tenant.Domain, StringComparison.Ordinal).Replace("@@", attack, StringComparison.Ordinal);
        return "{" + string.Join(',', fields.Values) + "}";
    }
}
