using Mail.Core.Queue;

namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class ReadMessagesTests(ApiFixture api)
{
    private static readonly string[] Suffixes = ["", "/attempts", "/timeline", "/logs"];

    [Fact]
    public async Task A_message_is_read_back_without_its_bodies()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();

        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data");

        Assert.Equal(id, message.Text("id"));
        Assert.Equal("queued", message.Text("status"));
        Assert.Equal("live", message.Text("mode"));
        Assert.Equal("queued", message.At("recipients")[0].Text("status"));
        Assert.False(message.TryGetProperty("content", out _));
    }

    [Fact]
    public async Task Include_takes_nothing_but_content()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();

        Assert.Equal("Hi.", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}?include=content")).Text("data", "content", "text"));
        Assert.Equal(["?include invalid_value"], (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}?include=all", 400)).FieldErrors());
    }

    [Fact]
    public async Task A_message_under_a_lease_is_sending()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();

        var job = await tenant.ClaimAsync(id);

        Assert.Equal("sending", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).Text("data", "status"));
        Assert.Equal("queued", (await tenant.Client.GetJsonAsync($"/v1/emails/{id}")).Text("status"));
        await tenant.RecordAsync(job, DeliveryOutcome.Delivered, 250, "2.0.0", "OK");
    }

    [Fact]
    public async Task A_delivered_message_tells_its_attempt_and_its_timeline()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        await tenant.RecordAsync(await tenant.ClaimAsync(id), DeliveryOutcome.Delivered, 250, "2.0.0", "OK");

        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data");
        var attempts = await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}/attempts");
        var timeline = await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}/timeline");
        var email = await tenant.Client.GetJsonAsync($"/v1/emails/{id}");

        Assert.Equal("sent", message.Text("status"));
        var attempt = Assert.Single(attempts.At("data").EnumerateArray());
        Assert.Equal("ada@recipient.test", attempt.Text("recipient"));
        Assert.Equal(1, attempt.At("number").GetInt32());
        Assert.Equal("delivered", attempt.Text("outcome"));
        Assert.Equal("192.0.2.1", attempt.Text("mxIp"));
        Assert.False(attempts.At("hasMore").GetBoolean());
        Assert.Equal(
            ["Queued", "Accepted for delivery", "Sending", "Sent", "Delivered to the recipient's server"],
            timeline.At("data").EnumerateArray().Select(item => item.Text("label")));
        Assert.Equal("mail.message.sent", timeline.At("data")[3].Text("type"));
        Assert.Equal(250, timeline.At("data")[3].At("metadata", "smtpCode").GetInt32());
        Assert.False(timeline.At("data")[0].TryGetProperty("metadata", out _));
        Assert.Equal("sent", email.Text("status"));
        Assert.NotNull(email.Text("sentAt"));
    }

    [Fact]
    public async Task A_bounced_email_says_why()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        await tenant.RecordAsync(await tenant.ClaimAsync(id), DeliveryOutcome.Bounced, 550, "5.1.1", "5.1.1 no such user");

        var email = await tenant.Client.GetJsonAsync($"/v1/emails/{id}");

        Assert.Equal("bounced", email.Text("status"));
        Assert.Equal("5.1.1 no such user", email.Text("error"));
        Assert.Equal($"{id}@mail.localhost", email.Text("providerMessageId"));
    }

    [Fact]
    public async Task Another_organization_finds_nothing()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var id = await tenant.SendAsync();

        foreach (var suffix in Suffixes)
            Assert.Equal("not_found", (await other.Client.GetJsonAsync($"/v1/mail/messages/{id}{suffix}", 404)).Text("code"));
        Assert.Equal("not_found", (await other.Client.GetJsonAsync($"/v1/emails/{id}", 404)).Text("code"));
    }

    [Theory]
    [InlineData("msg_01jzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("msg_")]
    [InlineData("nonsense")]
    [InlineData("org_01jzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("0'%20or%201=1")]
    public async Task An_id_that_nothing_has_is_404(string id)
    {
        var tenant = await api.TenantAsync();

        foreach (var suffix in Suffixes)
            Assert.Equal("not_found", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}{suffix}", 404)).Text("code"));
        Assert.Equal("not_found", (await tenant.Client.GetJsonAsync($"/v1/emails/{id}", 404)).Text("code"));
    }
}
