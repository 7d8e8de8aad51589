using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Events;
using Mail.Core.Ids;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Mail.Api.Tests.Features.Events;

[Collection(ApiCollection.Name)]
public sealed class EventsTests(ApiFixture api)
{
    [Fact]
    public async Task The_events_of_a_message_are_listed_newest_first_and_read_one_by_one()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();

        var list = await tenant.Client.GetJsonAsync("/v1/mail/events");
        Assert.Equal(["mail.message.mta_accepted", "mail.message.queued"], TypesOf(list));
        var newest = list.At("data")[0];
        Assert.Equal(id, newest.Text("messageId"));
        Assert.Equal(id, newest.Text("resourceId"));
        Assert.Equal("message", newest.Text("resourceType"));
        Assert.Equal(JsonValueKind.Object, newest.At("data").ValueKind);

        var one = await tenant.Client.GetJsonAsync($"/api/v1/mail/events/{newest.Text("id")}");
        Assert.True(JsonElement.DeepEquals(newest, one.At("data")));
    }

    [Fact]
    public async Task Every_filter_narrows_the_list()
    {
        var tenant = await api.TenantAsync();
        var first = await tenant.SendAsync();
        await tenant.SendAsync();
        var domain = PrefixedId.New<DomainId>(TimeProvider.System);
        await AppendAsync(
            new NewEvent(tenant.Organization, EventTypes.DomainVerified, EventResources.Domain, domain.Value, At: DateTimeOffset.UtcNow.AddMinutes(-5)));

        Assert.Equal(2, (await ListAsync(tenant, "type=mail.message.queued")).Length);
        Assert.Equal(2, (await ListAsync(tenant, $"messageId={first}")).Length);
        Assert.Equal(2, (await ListAsync(tenant, $"resourceId={first}")).Length);
        Assert.Equal(4, (await ListAsync(tenant, "resourceType=message")).Length);
        Assert.Equal(["mail.domain.verified"], await ListAsync(tenant, "type=mail.domain.verified"));
        Assert.Equal(["mail.domain.verified"], await ListAsync(tenant, "resourceType=domain"));
        Assert.Equal(["mail.domain.verified"], await ListAsync(tenant, $"resourceId={domain}"));
        Assert.Equal(["mail.domain.verified"], await ListAsync(tenant, $"resourceId={domain}&resourceType=domain&type=mail.domain.verified"));
        Assert.Empty(await ListAsync(tenant, $"resourceId={domain}&resourceType=message"));
        var cut = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddMinutes(-2).ToString("O"));
        Assert.Equal(4, (await ListAsync(tenant, $"from={cut}")).Length);
        Assert.Equal(["mail.domain.verified"], await ListAsync(tenant, $"to={cut}"));
    }

    [Fact]
    public async Task Pages_follow_each_other_and_new_events_do_not_shift_them()
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync();
        await tenant.SendAsync();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await tenant.Client.GetJsonAsync("/v1/mail/events?limit=1" + (cursor is null ? "" : "&cursor=" + cursor));
            seen.Add(page.At("data")[0].Text("id"));
            cursor = page.Text("nextCursor");
            if (seen.Count == 2)
                await tenant.SendAsync();
        }
        while (cursor is not null);
        Assert.Equal(4, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task What_is_wrong_with_the_filters_is_listed_at_once()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.Client.GetJsonAsync(
            "/v1/mail/events?type=mail.message.vanished&resourceType=cat&messageId=x&from=yesterday&to=7&limit=101&cursor=msg_1", 400);
        Assert.Equal(
            ["?cursor invalid_value", "?from invalid_value", "?limit out_of_range", "?messageId invalid_value", "?resourceType invalid_value",
             "?to invalid_value", "?type invalid_value"], problem.FieldErrors());
        var unknown = await tenant.Client.GetJsonAsync("/v1/mail/events?tpye=x", 400);
        Assert.Contains("'type'", unknown.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(["?resourceId invalid_value"], (await tenant.Client.GetJsonAsync("/v1/mail/events?resourceId=cat_1", 400)).FieldErrors());
    }

    [Fact]
    public async Task Events_of_another_organization_do_not_exist()
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync();
        var event1 = (await tenant.Client.GetJsonAsync("/v1/mail/events?limit=1")).At("data")[0].Text("id");
        var other = await api.TenantAsync();
        await other.Client.GetJsonAsync($"/v1/mail/events/{event1}", 404);
        await other.Client.GetJsonAsync("/v1/mail/events/evt_x", 404);
        Assert.Empty(await ListAsync(other, ""));
    }

    [Fact]
    public async Task Reading_events_needs_its_scope()
    {
        var tenant = await api.TenantAsync();
        using var client = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        var problem = await client.GetJsonAsync("/v1/mail/events", 403);
        Assert.Contains("emails:read", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update events set type = 'mail.message.sent' where organization_id = $1")]
    [InlineData("delete from events where organization_id = $1")]
    public async Task An_event_cannot_be_changed_or_taken_back(string sql)
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => tenant.Application.ExecuteAsync(sql, tenant.Organization.Value));
        Assert.Contains("appended", refused.MessageText, StringComparison.Ordinal);
        Assert.Equal(2, (await ListAsync(tenant, "")).Length);
    }

    private Task AppendAsync(params NewEvent[] events) =>
        api.Application.Services.GetRequiredService<EventStore>().AppendAsync(events, CancellationToken.None);

    private static async Task<string[]> ListAsync(Tenant tenant, string query) =>
        TypesOf(await tenant.Client.GetJsonAsync("/v1/mail/events?" + query));

    private static string[] TypesOf(JsonElement list) => [.. list.At("data").EnumerateArray().Select(item => item.Text("type"))];
}
