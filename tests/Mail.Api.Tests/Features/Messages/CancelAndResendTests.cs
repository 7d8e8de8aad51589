using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Queue;

namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class CancelAndResendTests(ApiFixture api)
{
    [Fact]
    public async Task What_waits_is_canceled_and_never_delivered()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();

        var canceled = (await PostAsync(tenant, $"/v1/mail/messages/{id}/cancel", 200)).At("data");
        Assert.Equal(("canceled", "ada@recipient.test"), (canceled.Text("status"), canceled.At("canceled")[0].GetString()));
        Assert.Equal(0, await api.Application.QueryAsync<long>("select count(*) from delivery_queue where organization_id = $1", tenant.Organization.Value));
        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data");
        Assert.Equal("canceled", message.Text("status"));
        Assert.Equal("canceled", message.At("recipients")[0].Text("status"));
        Assert.NotEqual(JsonValueKind.Null, message.At("settledAt").ValueKind);
        var timeline = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}/timeline")).At("data").EnumerateArray().Last();
        Assert.Equal("mail.message.canceled", timeline.Text("type"));
        Assert.Equal("ada@recipient.test", timeline.Text("metadata", "recipient"));
        Assert.Equal("failed", (await tenant.Client.GetJsonAsync($"/v1/emails/{id}")).Text("status"));

        var again = (await PostAsync(tenant, $"/v1/mail/messages/{id}/cancel", 200)).At("data");
        Assert.Empty(again.At("canceled").EnumerateArray());
    }

    [Fact]
    public async Task What_a_worker_holds_is_too_late_and_is_delivered()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        var job = await tenant.ClaimAsync(id);

        Assert.Equal("conflict", (await PostAsync(tenant, $"/v1/mail/messages/{id}/cancel", 409)).Text("code"));
        Assert.True(await tenant.RecordAsync(job, DeliveryOutcome.Delivered, 250, "2.0.0", "OK"));
        Assert.Equal("sent", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data").Text("status"));
        Assert.Contains("sent", (await PostAsync(tenant, $"/v1/emails/{id}/cancel", 409)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deferred_message_is_canceled_on_the_account_surface_too()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        await tenant.RecordAsync(await tenant.ClaimAsync(id), DeliveryOutcome.Deferred, 451, "4.3.0", "later");
        var canceled = await PostAsync(tenant, $"/v1/emails/{id}/cancel", 200);
        Assert.Equal((id, "canceled"), (canceled.Text("id"), canceled.Text("status")));
    }

    [Fact]
    public async Task Only_the_recipients_that_wait_are_canceled()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(new { from = tenant.Sender, to = new[] { "ada@recipient.test", "eve@elsewhere.test" }, subject = "s", text = "t" });
        var job = await tenant.ClaimAsync(id);

        var canceled = (await PostAsync(tenant, $"/v1/mail/messages/{id}/cancel", 200)).At("data");
        Assert.Equal("eve@elsewhere.test", Assert.Single(canceled.At("canceled").EnumerateArray()).GetString());
        Assert.True(await tenant.RecordAsync(job, DeliveryOutcome.Delivered, 250, "2.0.0", "OK"));
        var recipients = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data", "recipients");
        Assert.Equal(["sent", "canceled"], recipients.EnumerateArray().Select(recipient => recipient.Text("status")));
    }

    [Fact]
    public async Task Canceling_while_workers_claim_ends_in_exactly_one_of_both()
    {
        var tenant = await api.TenantAsync();
        for (var i = 0; i < 10; i++)
        {
            var id = await tenant.SendAsync();
            var cancel = tenant.Client.PostAsync($"/v1/mail/messages/{id}/cancel", null);
            DeliveryJob? job = null;
            try
            {
                job = await tenant.ClaimAsync(id);
            }
            catch (InvalidOperationException)
            {
                // Canceled before it could be claimed.
            }
            using var answer = await cancel;
            Assert.Equal(job is null ? 200 : 409, (int)answer.StatusCode);
            if (job is not null)
                Assert.True(await tenant.RecordAsync(job, DeliveryOutcome.Delivered, 250, "2.0.0", "OK"));
            Assert.Equal(job is null ? "canceled" : "sent", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data").Text("status"));
        }
    }

    [Fact]
    public async Task A_bounced_message_is_sent_again_as_a_new_one()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(new
        {
            from = tenant.Sender, to = "ada@recipient.test", subject = "Receipt", text = "Hi.", html = "<p>Hi.", metadata = new { order = "7" },
            headers = new Dictionary<string, string> { ["X-Order"] = "7" },
            attachments = new[] { new { filename = "a.txt", content = Convert.ToBase64String("hello"u8) } },
        });
        await tenant.RecordAsync(await tenant.ClaimAsync(id), DeliveryOutcome.Bounced, 550, "5.1.1", "no");

        var resent = (await PostAsync(tenant, $"/v1/mail/messages/{id}/resend", 202)).At("data").Text("id");
        Assert.NotEqual(id, resent);
        var copy = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{resent}?include=content")).At("data");
        Assert.Equal(("queued", "Receipt", id, "7"), (copy.Text("status"), copy.Text("subject"), copy.Text("metadata", "resendOf"), copy.Text("metadata", "order")));
        Assert.Equal(("<p>Hi.", "Hi.", "7"), (copy.Text("content", "html"), copy.Text("content", "text"), copy.Text("content", "headers", "X-Order")));
        Assert.Equal("a.txt", copy.At("attachments")[0].Text("filename"));
        Assert.Equal("bounced", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data").Text("status"));
    }

    [Fact]
    public async Task Others_can_be_named_and_the_same_key_sends_once()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        var body = new { to = new[] { "grace@recipient.test" }, idempotencyKey = "again" };
        using var first = await tenant.Client.PostJsonAsync($"/v1/mail/messages/{id}/resend", body);
        using var second = await tenant.Client.PostJsonAsync($"/v1/mail/messages/{id}/resend", body);
        var resent = (await first.ReadAsync(202)).At("data").Text("id");
        Assert.Equal(resent, (await second.ReadAsync(202)).At("data").Text("id"));
        Assert.Equal("grace@recipient.test", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{resent}")).At("data", "to")[0].Text("email"));
        using var other = await tenant.Client.PostJsonAsync($"/v1/mail/messages/{id}/resend", new { to = "eve@recipient.test", idempotencyKey = "again" });
        Assert.Equal("idempotency_conflict", (await other.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task Nothing_that_failed_means_nothing_to_send_again()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        Assert.Equal("conflict", (await PostAsync(tenant, $"/v1/mail/messages/{id}/resend", 409)).Text("code"));
        using var wrong = await tenant.Client.PostJsonAsync($"/v1/mail/messages/{id}/resend", new { to = new[] { "x", "a@b.test\r\nBcc: e@f.test" }, too = 1 });
        Assert.Equal(["/to/0 invalid_email", "/to/1 invalid_characters", "/too unknown_field"], (await wrong.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Secrets_are_neither_shown_nor_sent_again()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(tenant.Message("Your code is 123456"));
        await api.Application.ExecuteAsync("update messages set sensitive = true where organization_id = $1", tenant.Organization.Value);

        foreach (var path in new[] { $"/v1/mail/messages/{id}?include=content", "/v1/mail/messages", $"/v1/messages/{id}", "/v1/messages", $"/v1/emails/{id}", "/v1/emails" })
            Assert.DoesNotContain("123456", (await tenant.Client.GetJsonAsync(path)).GetRawText(), StringComparison.Ordinal);
        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}?include=content")).At("data");
        Assert.True(message.At("sensitive").GetBoolean());
        Assert.Equal(JsonValueKind.Null, message.At("content", "text").ValueKind);
        Assert.Empty((await tenant.Client.GetJsonAsync("/v1/mail/messages?subject=123456")).At("data").EnumerateArray());
        using var resend = await tenant.Client.PostJsonAsync($"/v1/mail/messages/{id}/resend", new { to = "eve@recipient.test" });
        Assert.Equal("conflict", (await resend.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task Another_organization_cannot_touch_it_and_a_reader_cannot_either()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var id = await tenant.SendAsync();
        using var reader = await tenant.WithKeyAsync([Scopes.EmailsRead]);
        foreach (var path in new[] { $"/v1/mail/messages/{id}/cancel", $"/v1/mail/messages/{id}/resend", $"/v1/emails/{id}/cancel" })
        {
            await PostAsync(other, path, 404);
            using var refused = await reader.PostAsync(path, null);
            Assert.Contains("emails:send", (await refused.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
        }
        Assert.Equal("queued", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data").Text("status"));
    }

    [Fact]
    public async Task The_conversation_of_an_attempt_is_told_line_by_line()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        Assert.Empty((await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}/logs")).At("data").EnumerateArray());
        await tenant.RecordAsync(await tenant.ClaimAsync(id), DeliveryOutcome.Delivered, 250, "2.0.0", "OK",
            "0 C mail_from MAIL FROM:<b@bounce.test>\n5 S mail_from 250 2.1.0 OK\n7 * end_of_data done\n");

        var log = Assert.Single((await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}/logs")).At("data").EnumerateArray());
        Assert.Equal(1, log.At("number").GetInt32());
        Assert.Equal("ada@recipient.test", log.At("recipients")[0].GetString());
        Assert.Equal(["client: MAIL FROM:<b@bounce.test>", "server: 250 2.1.0 OK", "note: done"],
            log.At("lines").EnumerateArray().Select(line => $"{line.Text("speaker")}: {line.Text("text")}"));
        await api.Application.ExecuteAsync("update delivery_logs set started_at = now() - interval '31 days' where organization_id = $1", tenant.Organization.Value);
        Assert.Empty((await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}/logs")).At("data").EnumerateArray());
    }

    private static async Task<JsonElement> PostAsync(Tenant tenant, string path, int status)
    {
        using var response = await tenant.Client.PostAsync(path, null);
        return await response.ReadAsync(status);
    }
}
