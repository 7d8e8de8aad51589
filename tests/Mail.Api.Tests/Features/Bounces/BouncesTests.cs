using System.Text.Json;
using Mail.Api.Tests.Features.Messages;
using Mail.Core.ApiKeys;
using Mail.Core.Bounces;
using Mail.Core.Ids;
using Mail.Core.Queue;

namespace Mail.Api.Tests.Features.Bounces;

[Collection(ApiCollection.Name)]
public sealed class BouncesTests(ApiFixture api)
{
    [Fact]
    public async Task Bounces_are_listed_newest_first_by_page_and_filter()
    {
        var tenant = await api.TenantAsync();
        var (first, second) = (await tenant.SendAsync(), await tenant.SendAsync());
        await AddAsync(tenant, first, "ada@recipient.test", "soft");
        await AddAsync(tenant, second, "Grace@recipient.test", "hard");

        var page = await tenant.Client.GetJsonAsync("/v1/mail/bounces?limit=1");
        Assert.Equal([second], MessagesOf(page));
        Assert.Equal([first], MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?cursor=" + page.Text("nextCursor"))));
        Assert.Equal([second], MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?type=hard")));
        Assert.Equal([second], MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?email=grace@RECIPIENT.test")));
        Assert.Equal([first], MessagesOf(await tenant.Client.GetJsonAsync($"/v1/mail/bounces?messageId={first}")));
        var one = Assert.Single((await tenant.Client.GetJsonAsync($"/v1/mail/messages/{second}/bounces")).At("data").EnumerateArray());
        Assert.Equal(("hard", "dsn", 550), (one.Text("type"), one.Text("source"), one.At("smtpCode").GetInt32()));
    }

    [Fact]
    public async Task A_refused_delivery_is_a_bounce()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync();
        await tenant.RecordAsync(await tenant.ClaimAsync(id), DeliveryOutcome.Bounced, 550, "5.1.1", "no such user");
        var bounces = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}/bounces")).At("data").EnumerateArray().ToList();
        Assert.Equal("smtp_log", Assert.Single(bounces).Text("source"));
    }

    [Fact]
    public async Task Bounces_are_found_by_who_told_and_when()
    {
        var tenant = await api.TenantAsync();
        var (reported, answered) = (await tenant.SendAsync(), await tenant.SendAsync());
        await AddAsync(tenant, reported, "ada@recipient.test", "hard");
        await tenant.RecordAsync(await tenant.ClaimAsync(answered), DeliveryOutcome.Bounced, 550, "5.1.1", "no such user");
        await tenant.Application.ExecuteAsync(
            "update bounces set created_at = '2026-03-01T00:00:00Z' where organization_id = $1 and source = 'dsn'", tenant.Organization.Value);

        Assert.Equal([reported], MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?source=dsn")));
        Assert.Equal([answered], MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?source=smtp_log")));
        Assert.Empty(MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?source=manual")));
        Assert.Equal([answered], MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?createdFrom=2026-03-01T00:00:01Z")));
        // The beginning counts, the end does not.
        Assert.Equal([reported], MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?createdFrom=2026-03-01&createdTo=2026-03-02")));
        Assert.Empty(MessagesOf(await tenant.Client.GetJsonAsync("/v1/mail/bounces?createdTo=2026-03-01T00:00:00Z")));
    }

    [Fact]
    public async Task What_is_wrong_with_the_filters_is_listed_at_once()
    {
        var tenant = await api.TenantAsync();
        Assert.Equal(
            ["?createdFrom invalid_value", "?createdTo invalid_value", "?cursor invalid_value", "?email invalid_email", "?limit out_of_range",
             "?messageId invalid_value", "?source invalid_value", "?type invalid_value"],
            (await tenant.Client.GetJsonAsync(
                "/v1/mail/bounces?type=x&email=x&messageId=x&source=x&createdFrom=x&createdTo=x&cursor=x&limit=x", 400)).FieldErrors());
    }

    [Fact]
    public async Task Bounces_of_others_do_not_exist_and_reading_needs_its_scope()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var id = await tenant.SendAsync();
        await AddAsync(tenant, id, "ada@recipient.test", "hard");
        Assert.Empty(MessagesOf(await other.Client.GetJsonAsync("/v1/mail/bounces")));
        await other.Client.GetJsonAsync($"/v1/mail/messages/{id}/bounces", 404);
        using var client = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        Assert.Contains("emails:read", (await client.GetJsonAsync("/v1/mail/bounces", 403)).Text("detail"), StringComparison.Ordinal);
    }

    private static Task AddAsync(Tenant tenant, string message, string address, string type)
    {
        PrefixedId.TryParse<Core.Messages.MessageId>(message, out var id);
        return tenant.Application.ExecuteAsync(
            """
            insert into bounces (organization_id, id, message_id, recipient, address, type, source, smtp_code, text)
            values ($1, $2, $3, 0, $4, $5, 'dsn', 550, 'no such user')
            """,
            tenant.Organization.Value, PrefixedId.New<BounceId>(TimeProvider.System).Value, id.Value, address, type);
    }

    private static string[] MessagesOf(JsonElement list) => [.. list.At("data").EnumerateArray().Select(item => item.Text("messageId"))];
}
