using System.Text.Json;

namespace Mail.Api.Tests.Features.Webhooks;

[Collection(ApiCollection.Name)]
public sealed class WebhookDeliveriesTests(ApiFixture api)
{
    private const string Mail = "/v1/mail/webhooks";

    [Fact]
    public async Task A_send_makes_deliveries_that_are_listed_newest_first()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, "mail.message.queued", "mail.message.mta_accepted");
        await tenant.SendAsync();
        await tenant.SendAsync();

        var first = await tenant.Client.GetJsonAsync($"{Mail}/{id}/deliveries?limit=3");
        var rest = await tenant.Client.GetJsonAsync($"{Mail}/{id}/deliveries?limit=3&cursor={first.Text("nextCursor")}");
        var account = await tenant.Client.GetJsonAsync($"/v1/webhooks/{id}/deliveries");
        var ids = Ids(first.At("data")).Concat(Ids(rest.At("data"))).ToList();

        Assert.Equal(4, ids.Count);
        Assert.Equal(ids.OrderDescending(StringComparer.Ordinal), ids);
        Assert.Equal(ids, Ids(account));
        var delivery = first.At("data")[0];
        Assert.Equal((id, "pending", 0), (delivery.Text("webhookId"), delivery.Text("status"), delivery.At("attemptCount").GetInt32()));
        Assert.StartsWith("evt_", delivery.Text("eventId"), StringComparison.Ordinal);
        Assert.False(delivery.TryGetProperty("attempts", out _));
    }

    [Fact]
    public async Task Deliveries_are_filtered_by_status()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, "mail.message.queued");
        await tenant.SendAsync();
        await tenant.SendAsync();
        await FailOneAsync(tenant);

        Assert.Single((await tenant.Client.GetJsonAsync($"{Mail}/{id}/deliveries?status=failed")).At("data").EnumerateArray());
        Assert.Single((await tenant.Client.GetJsonAsync($"/v1/webhooks/{id}/deliveries?status=pending")).EnumerateArray());
        Assert.Equal(["?status invalid_value"], (await tenant.Client.GetJsonAsync($"{Mail}/{id}/deliveries?status=lost", 400)).FieldErrors());
    }

    [Theory]
    [InlineData("/v1/mail/webhook-deliveries/{0}/retry")]
    [InlineData("/v1/webhooks/deliveries/{0}/replay")]
    public async Task One_is_retried(string route)
    {
        var tenant = await api.TenantAsync();
        await CreateAsync(tenant, "mail.message.queued");
        await tenant.SendAsync();
        var delivery = await FailOneAsync(tenant);

        using var response = await tenant.Client.PostAsync(route.Replace("{0}", delivery, StringComparison.Ordinal), null);
        await response.ReadAsync(202);

        var read = (await tenant.Client.GetJsonAsync($"/v1/mail/webhook-deliveries/{delivery}")).At("data");
        Assert.Equal(("pending", JsonValueKind.Null), (read.Text("status"), read.At("settledAt").ValueKind));
        Assert.Equal(JsonValueKind.Array, read.At("attempts").ValueKind);
        Assert.Equal(1, await QueuedAsync(tenant));
    }

    [Fact]
    public async Task Everything_that_failed_since_then_is_replayed()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, "mail.message.queued");
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        for (var i = 0; i < 3; i++)
        {
            await tenant.SendAsync();
            await FailOneAsync(tenant);
        }

        var none = await ReplayAsync(tenant, id, TimeProvider.System.GetUtcNow().AddMinutes(1));
        var all = await ReplayAsync(tenant, id, before);
        var again = await ReplayAsync(tenant, id, before);

        Assert.Equal((0, 3, 0), (Count(none), Count(all), Count(again)));
        Assert.False(all.At("hasMore").GetBoolean());
        Assert.Equal(3, await QueuedAsync(tenant));

        static int Count(JsonElement answer) => answer.At("replayed").GetInt32();
    }

    [Theory]
    [InlineData("{}", "/since required")]
    [InlineData("""{"since":"yesterday"}""", "/since invalid_type")]
    public async Task Since_has_to_be_a_time(string body, string error)
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, "*");

        using var response = await tenant.Client.PostTextAsync($"{Mail}/{id}/replay", body);

        Assert.Equal([error], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_webhook_that_is_off_gets_nothing_again()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, "mail.message.queued");
        await tenant.SendAsync();
        var delivery = (await tenant.Client.GetJsonAsync($"{Mail}/{id}/deliveries")).At("data")[0].Text("id");
        using var off = await tenant.Client.PatchAsync($"{Mail}/{id}", System.Net.Http.Json.JsonContent.Create(new { status = "disabled" }));
        await off.ReadAsync(200);

        // What waited was given up with the endpoint.
        Assert.Equal("failed", (await tenant.Client.GetJsonAsync($"/v1/mail/webhook-deliveries/{delivery}")).Text("data", "status"));
        foreach (var path in new[] { $"{Mail}/{id}/test", $"/v1/mail/webhook-deliveries/{delivery}/retry" })
        {
            using var response = await tenant.Client.PostAsync(path, null);
            Assert.Equal("conflict", (await response.ReadAsync(409)).Text("code"));
        }
        using var replay = await tenant.Client.PostTextAsync($"{Mail}/{id}/replay", """{"since":"2026-01-01T00:00:00Z"}""");
        await replay.ReadAsync(409);
        Assert.Equal(0, await QueuedAsync(tenant));
    }

    private static async Task<JsonElement> ReplayAsync(Tenant tenant, string id, DateTimeOffset since)
    {
        using var response = await tenant.Client.PostJsonAsync($"{Mail}/{id}/replay", new { since });
        return (await response.ReadAsync(202)).At("data");
    }

    private static async Task<string> CreateAsync(Tenant tenant, params string[] types)
    {
        using var response = await tenant.Client.PostJsonAsync(Mail, new { url = "https://example.com/hooks", eventTypes = types });
        return (await response.ReadAsync(201)).Text("data", "id");
    }

    private static IEnumerable<string> Ids(JsonElement list) => list.EnumerateArray().Select(item => item.Text("id"));

    /// <summary>Gives up one delivery of the tenant's only webhook, as a worker does in the end.</summary>
    private async Task<string> FailOneAsync(Tenant tenant)
    {
        var id = await api.Application.QueryAsync<Guid>(
            """
            with one as (
                delete from webhook_queue where id = (select id from webhook_queue where organization_id = $1 limit 1) returning id
            )
            update webhook_deliveries d set status = 'failed', settled_at = now() from one where d.organization_id = $1 and d.id = one.id
            returning d.id
            """, tenant.Organization.Value);
        return new Core.Webhooks.WebhookDeliveryId(id).ToString();
    }

    private Task<long> QueuedAsync(Tenant tenant) =>
        api.Application.QueryAsync<long>("select count(*) from webhook_queue where organization_id = $1", tenant.Organization.Value);
}
