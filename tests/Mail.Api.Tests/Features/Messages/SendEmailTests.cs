namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class SendEmailTests(ApiFixture api)
{
    [Fact]
    public async Task An_email_is_accepted_without_envelope()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/emails", tenant.Message());

        var body = await response.ReadAsync(202);
        Assert.Equal("queued", body.Text("status"));
        Assert.Equal("created", body.Text("idempotencyStatus"));
        Assert.False(body.TryGetProperty("success", out _));
        Assert.Equal($"/v1/emails/{body.Text("id")}", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Recipients_may_be_one_string_with_commas_and_semicolons_or_a_list()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/emails", new
        {
            from = tenant.Sender, fromName = "Acme", to = "a@recipient.test, \"Doe, Jane\" <b@recipient.test>; c@recipient.test,",
            cc = new[] { "d@recipient.test", "e@recipient.test,f@recipient.test" }, bcc = (string?)null, subject = "s", html = "h",
            tags = "welcome, first", templateId = (string?)null, sendAt = (string?)null,
        });

        var id = (await response.ReadAsync(202)).Text("id");
        var email = await tenant.Client.GetJsonAsync($"/v1/emails/{id}");
        Assert.Equal(["a@recipient.test", "b@recipient.test", "c@recipient.test"], email.At("to").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(["d@recipient.test", "e@recipient.test", "f@recipient.test"], email.At("cc").EnumerateArray().Select(item => item.GetString()));
        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data");
        Assert.Equal("Acme", message.Text("from", "name"));
        Assert.Equal("Doe, Jane", message.At("to")[1].Text("name"));
        Assert.Equal(["first", "welcome"], message.At("tags").EnumerateObject().Select(tag => tag.Name).Order());
    }

    [Fact]
    public async Task Every_bad_address_of_a_string_is_told()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(
            "/v1/emails", new { from = $"{tenant.Sender}, b@{tenant.Domain}", to = "nope, ok@recipient.test; Group: x@y.test;", subject = "s", text = "t" });

        Assert.Equal(
            ["/from invalid_email", "/to invalid_email", "/to invalid_email"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task What_is_422_on_the_mail_surface_is_400_here()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(
            "/v1/emails", new { from = "a@unknown.test", to = "ada@recipient.test", subject = "s", text = "t" });

        var problem = await response.ReadAsync(400);
        Assert.Equal("domain_not_verified", problem.Text("code"));
        Assert.Equal(400, problem.At("status").GetInt32());
    }
}
