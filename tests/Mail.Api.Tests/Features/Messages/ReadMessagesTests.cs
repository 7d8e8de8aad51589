using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class ReadMessagesTests(ApiFixture api)
{
    private static readonly string[] Suffixes = ["", "/attempts", "/timeline"];

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

        var job = await ClaimAsync(id);

        Assert.Equal("sending", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).Text("data", "status"));
        Assert.Equal("queued", (await tenant.Client.GetJsonAsync($"/v1/emails/{id}")).Text("status"));
        await RecordAsync(job, DeliveryOutcome.Delivered, 250, "2.0.0", "OK");
    }

    [Fact]
    public async Task A_delivered_message_tells_its_attempt_and_its_timeline()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        await RecordAsync(await ClaimAsync(id), DeliveryOutcome.Delivered, 250, "2.0.0", "OK");

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
        await RecordAsync(await ClaimAsync(id), DeliveryOutcome.Bounced, 550, "5.1.1", "5.1.1 no such user");

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

    private async Task<DeliveryJob> ClaimAsync(string id)
    {
        var queue = api.Application.Services.GetRequiredService<QueueStore>();
        var message = PrefixedId.TryParse<MessageId>(id, out var parsed) ? parsed.Value : throw new FormatException(id);
        var (lanes, _) = await queue.SurveyAsync(new SurveyPosition(), new SurveyLimits(Organizations: 100_000), CancellationToken.None);
        var jobs = await queue.ClaimAsync("test", [.. lanes.Select(lane => new LaneClaim(lane, 1000))], TimeSpan.FromMinutes(10), CancellationToken.None);
        return jobs.Single(job => job.Message.Value == message);
    }

    private Task RecordAsync(DeliveryJob job, DeliveryOutcome outcome, int code, string enhanced, string reply)
    {
        var now = TimeProvider.System.GetUtcNow();
        return api.Application.Services.GetRequiredService<QueueStore>().RecordAsync(
        [
            new DeliveryRecord
            {
                Lease = job.Lease, Organization = job.Organization, Message = job.Message, AttemptNumber = 1, Worker = "test",
                StartedAt = now, EndedAt = now.AddMilliseconds(5), CoversMessage = true,
                Results =
                [
                    new RecipientResult(0, job.Recipients[0].Address, outcome, "end_of_data", "reply", "mx.recipient.test", "192.0.2.1",
                        "TLS 1.3", "TLS_AES_256_GCM_SHA384", code, enhanced, reply),
                ],
            },
        ], CancellationToken.None);
    }
}
