using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Core.Schedules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Api.Tests.Features.Schedules;

[Collection(ApiCollection.Name)]
public sealed class ScheduleTests(ApiFixture api)
{
    private static readonly DateTimeOffset Tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);

    [Fact]
    public async Task A_message_waits_for_its_time_and_goes_out_then()
    {
        var tenant = await api.TenantAsync();
        var scheduled = await ScheduleAsync(tenant);
        var message = scheduled.Text("messageId");

        await ReleaseAsync();
        var early = await StateAsync(tenant, message);
        await MakeDueAsync(scheduled.Text("id"));
        await ReleaseAsync();
        var late = await StateAsync(tenant, message);

        Assert.Equal("scheduled 0", early);
        Assert.Equal("queued 1", late);
        Assert.Equal("released", (await GetAsync(tenant, scheduled.Text("id"))).Text("status"));
        var events = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{message}/timeline")).At("data").EnumerateArray().Select(item => item.Text("type"));
        Assert.Equal(["mail.message.scheduled", "mail.message.queued", "mail.message.mta_accepted"], events);
    }

    [Fact]
    public async Task A_send_with_a_later_time_is_a_scheduled_message_on_both_surfaces()
    {
        var tenant = await api.TenantAsync();

        using var mail = await tenant.Client.PostJsonAsync("/v1/mail/send", new { from = tenant.Sender, to = "a@x.test", subject = "s", text = "t", sendAt = Tomorrow });
        using var account = await tenant.Client.PostJsonAsync("/v1/emails", new { from = tenant.Sender, to = "a@x.test", subject = "s", text = "t", sendAt = Tomorrow });
        using var past = await tenant.Client.PostJsonAsync("/v1/emails", new { from = tenant.Sender, to = "a@x.test", subject = "s", text = "t", sendAt = Tomorrow.AddDays(-2) });
        var id = (await mail.ReadAsync(202)).Text("data", "id");

        Assert.Equal("scheduled", (await mail.ReadAsync(202)).Text("data", "status"));
        Assert.Equal(202, (int)account.StatusCode);
        Assert.Equal("queued", (await past.ReadAsync(202)).Text("status"));
        Assert.Equal(id, (await GetAsync(tenant, id)).Text("messageId"));
        Assert.Equal(2, (await tenant.Client.GetJsonAsync("/v1/mail/scheduled?status=scheduled")).At("data").GetArrayLength());
    }

    [Fact]
    public async Task A_canceled_message_is_never_released()
    {
        var tenant = await api.TenantAsync();
        var scheduled = await ScheduleAsync(tenant);

        using var canceled = await tenant.Client.PostJsonAsync($"/v1/mail/scheduled/{scheduled.Text("id")}/cancel", new { });
        await MakeDueAsync(scheduled.Text("id"));
        await ReleaseAsync();
        using var moved = await PatchAsync(tenant, scheduled.Text("id"), Tomorrow);

        Assert.Equal("canceled", (await canceled.ReadAsync(200)).Text("data", "status"));
        Assert.Equal("canceled 0", await StateAsync(tenant, scheduled.Text("messageId")));
        Assert.Equal("conflict", (await moved.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task Canceling_and_releasing_at_once_end_in_exactly_one_of_the_two()
    {
        var tenant = await api.TenantAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ScheduleAsync(tenant)));
        foreach (var scheduled in all)
            await MakeDueAsync(scheduled.Text("id"));

        var cancels = all.Select(async scheduled =>
        {
            using var response = await tenant.Client.PostJsonAsync($"/v1/mail/scheduled/{scheduled.Text("id")}/cancel", new { });
            return (int)response.StatusCode;
        });
        var releases = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReleaseAsync(5)));
        var statuses = await Task.WhenAll(cancels);
        await Task.WhenAll(releases);
        await ReleaseAsync();

        for (var i = 0; i < all.Length; i++)
        {
            var expected = statuses[i] == 200 ? ("canceled 0", "canceled") : ("queued 1", "released");
            Assert.Equal(expected, (await StateAsync(tenant, all[i].Text("messageId")), (await GetAsync(tenant, all[i].Text("id"))).Text("status")));
        }
    }

    [Fact]
    public async Task A_cancellation_that_comes_behind_the_release_leaves_the_message_alone()
    {
        var tenant = await api.TenantAsync();
        var scheduled = await ScheduleAsync(tenant);
        await MakeDueAsync(scheduled.Text("id"));
        await ReleaseAsync();

        // What the route does when it saw the message before the release.
        var outcome = await api.Application.Services.GetRequiredService<CancelStore>().CancelScheduledAsync(
            tenant.Organization, PrefixedId.TryParse<MessageId>(scheduled.Text("messageId"), out var id) ? id : default, default);

        Assert.Equal(new CancelOutcome.TooLate(MessageStatus.Queued), outcome);
        Assert.Equal("queued 1", await StateAsync(tenant, scheduled.Text("messageId")));
    }

    [Fact]
    public async Task Moving_a_message_moves_its_release()
    {
        var tenant = await api.TenantAsync();
        var scheduled = await ScheduleAsync(tenant);
        await MakeDueAsync(scheduled.Text("id"));

        using var moved = await PatchAsync(tenant, scheduled.Text("id"), Tomorrow.AddDays(1));
        await ReleaseAsync();

        Assert.Equal(Tomorrow.AddDays(1).ToUnixTimeSeconds(), (await moved.ReadAsync(200)).At("data", "sendAt").GetDateTimeOffset().ToUnixTimeSeconds());
        Assert.Equal("scheduled 0", await StateAsync(tenant, scheduled.Text("messageId")));
    }

    [Fact]
    public async Task What_may_no_longer_be_sent_fails_with_the_reason()
    {
        var tenant = await api.TenantAsync();
        var scheduled = await ScheduleAsync(tenant);
        await api.Application.ExecuteAsync("update domains set status = 'disabled' where organization_id = $1", tenant.Organization.Value);
        // A domain is known as verified for up to a second.
        while ((await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message())).StatusCode == System.Net.HttpStatusCode.Accepted)
        {
        }
        await MakeDueAsync(scheduled.Text("id"));

        await ReleaseAsync();
        var failed = await GetAsync(tenant, scheduled.Text("id"));

        Assert.Equal(("failed", "domain_not_verified"), (failed.Text("status"), failed.Text("error", "code")));
        Assert.Equal("failed 0", await StateAsync(tenant, scheduled.Text("messageId")));
    }

    [Fact]
    public async Task An_address_suppressed_meanwhile_gets_nothing()
    {
        var tenant = await api.TenantAsync();
        var scheduled = await ScheduleAsync(tenant, "gone@x.test", "here@x.test");
        await api.Application.ExecuteAsync(
            "insert into suppressions (organization_id, id, address_key, email, reason, source) values ($1, uuidv7(), 'gone@x.test', 'gone@x.test', 'manual', 'user')",
            tenant.Organization.Value);
        await MakeDueAsync(scheduled.Text("id"));

        await ReleaseAsync();
        var recipients = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{scheduled.Text("messageId")}")).At("data", "recipients");

        Assert.Equal(["gone@x.test suppressed", "here@x.test queued"],
            recipients.EnumerateArray().Select(recipient => $"{recipient.Text("email")} {recipient.Text("status")}"));
    }

    [Fact]
    public async Task A_repeated_request_schedules_once()
    {
        var tenant = await api.TenantAsync();
        var body = new { sendAt = Tomorrow, message = new { from = tenant.Sender, to = "a@x.test", subject = "s", text = "t", idempotencyKey = "once" } };

        using var first = await tenant.Client.PostJsonAsync("/v1/mail/scheduled", body);
        using var second = await tenant.Client.PostJsonAsync("/v1/mail/scheduled", body);

        Assert.Equal((await first.ReadAsync(202)).Text("data", "id"), (await second.ReadAsync(202)).Text("data", "id"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
    }

    [Fact]
    public async Task Wrong_fields_are_named_with_their_place()
    {
        var tenant = await api.TenantAsync();

        using var outer = await tenant.Client.PostJsonAsync("/v1/mail/scheduled", new { sendAt = Tomorrow.AddDays(60), when = 1 });
        using var inner = await tenant.Client.PostJsonAsync("/v1/mail/scheduled",
            new { sendAt = Tomorrow, message = new { from = tenant.Sender, to = "nobody", subject = "s", text = "t", colour = 1 } });
        using var past = await tenant.Client.PostJsonAsync("/v1/mail/scheduled", new { sendAt = Tomorrow.AddDays(-2), message = tenant.Message() });

        Assert.Equal(["/message required", "/sendAt out_of_range", "/when unknown_field"], (await outer.ReadAsync(400)).FieldErrors());
        Assert.Equal(["/message/colour unknown_field", "/message/to invalid_email"], (await inner.ReadAsync(400)).FieldErrors());
        Assert.Equal(["/sendAt out_of_range"], (await past.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Another_organizations_schedule_does_not_exist()
    {
        var tenant = await api.TenantAsync();
        var stranger = await api.TenantAsync();
        var id = (await ScheduleAsync(tenant)).Text("id");

        using var cancel = await stranger.Client.PostJsonAsync($"/v1/mail/scheduled/{id}/cancel", new { });
        using var move = await PatchAsync(stranger, id, Tomorrow);
        await stranger.Client.GetJsonAsync($"/v1/mail/scheduled/{id}", 404);

        Assert.Equal((404, 404), ((int)cancel.StatusCode, (int)move.StatusCode));
        Assert.Empty((await stranger.Client.GetJsonAsync("/v1/mail/scheduled")).At("data").EnumerateArray());
    }

    [Fact]
    public async Task Scheduling_needs_its_scope()
    {
        var tenant = await api.TenantAsync();
        var reader = await tenant.WithKeyAsync([Scopes.EmailsRead]);

        using var response = await reader.PostJsonAsync("/v1/mail/scheduled", new { sendAt = Tomorrow, message = tenant.Message() });

        Assert.Contains("emails:send", (await response.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ScheduleAsync(Tenant tenant, params string[] to)
    {
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/scheduled",
            new { sendAt = Tomorrow, message = new { from = tenant.Sender, to = to.DefaultIfEmpty("ada@x.test"), subject = "Later", text = "t" } });
        return (await response.ReadAsync(202)).At("data");
    }

    private static async Task<JsonElement> GetAsync(Tenant tenant, string id) => (await tenant.Client.GetJsonAsync($"/v1/mail/scheduled/{id}")).At("data");

    private static Task<HttpResponseMessage> PatchAsync(Tenant tenant, string id, DateTimeOffset sendAt) =>
        tenant.Client.PatchAsync($"/v1/mail/scheduled/{id}", System.Net.Http.Json.JsonContent.Create(new { sendAt }));

    private Task MakeDueAsync(string id) => api.Application.ExecuteAsync(
        "update scheduled_messages set due_at = now() - interval '1 second' where id = $1",
        PrefixedId.TryParse<ScheduledMessageId>(id, out var schedule) ? schedule.Value : throw new FormatException(id));

    private async Task ReleaseAsync(int count = 1000)
    {
        var services = api.Application.Services;
        var release = new ReleaseScheduled(
            services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<AcceptChecks>(), services.GetRequiredService<QueueSignal>(),
            services.GetRequiredService<IOptions<AcceptOptions>>(), TimeProvider.System);
        while ((await release.ReleaseDueAsync(count, default)).Count == count)
        {
        }
    }

    /// <summary>The status of the message, and how many queue rows it has.</summary>
    private async Task<string> StateAsync(Tenant tenant, string message)
    {
        var status = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{message}")).Text("data", "status");
        var rows = await api.Application.QueryAsync<long>("select count(*) from delivery_queue where organization_id = $1 and message_id = $2",
            tenant.Organization.Value, PrefixedId.TryParse<MessageId>(message, out var id) ? id.Value : throw new FormatException(message));
        return $"{status} {rows}";
    }
}
