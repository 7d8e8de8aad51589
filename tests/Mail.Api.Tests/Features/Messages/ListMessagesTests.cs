using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Mail.Core.Queue;

namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class ListMessagesTests(ApiFixture api)
{
    [Fact]
    public async Task Messages_are_listed_newest_first_without_their_bodies()
    {
        var tenant = await api.TenantAsync();
        string[] ids = [await tenant.SendAsync(), await tenant.SendAsync(), await tenant.SendAsync()];

        var list = await tenant.Client.GetJsonAsync("/v1/mail/messages");

        Assert.Equal(ids.Reverse(), IdsOf(list));
        var row = list.At("data")[0];
        Assert.Equal("queued", row.Text("status"));
        Assert.Equal("ada@recipient.test", row.At("recipients")[0].Text("email"));
        Assert.False(row.TryGetProperty("content", out _));
        Assert.False(list.At("hasMore").GetBoolean());
    }

    [Fact]
    public async Task Pages_follow_each_other_and_new_messages_do_not_shift_them()
    {
        var tenant = await api.TenantAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add(await tenant.SendAsync());
        var first = await tenant.Client.GetJsonAsync("/v1/mail/messages?limit=2");
        await tenant.SendAsync();
        var second = await tenant.Client.GetJsonAsync("/v1/mail/messages?limit=2&cursor=" + first.Text("nextCursor"));
        var third = await tenant.Client.GetJsonAsync("/v1/mail/messages?limit=2&cursor=" + second.Text("nextCursor"));
        Assert.Equal(Enumerable.Reverse(ids), [.. IdsOf(first), .. IdsOf(second), .. IdsOf(third)]);
        Assert.Equal(JsonValueKind.Null, third.At("nextCursor").ValueKind);
    }

    [Fact]
    public async Task Every_filter_narrows_the_list()
    {
        var tenant = await api.TenantAsync();
        await tenant.AddDomainAsync("other-" + tenant.Domain, "verified");
        var plain = await tenant.SendAsync();
        var special = await tenant.SendAsync(new
        {
            from = "billing@other-" + tenant.Domain, to = "Grace@Recipient.test", cc = "eve@elsewhere.test", subject = "Your 100% Receipt", text = "x",
            tags = new Dictionary<string, string> { ["kind"] = "receipt", ["a:b"] = "" },
        });

        Assert.Equal([special], await ListAsync(tenant, "to=grace@recipient.test"));
        Assert.Equal([special], await ListAsync(tenant, "to=EVE@elsewhere.test"));
        Assert.Equal([plain], await ListAsync(tenant, "to=ada@recipient.test"));
        Assert.Equal([special], await ListAsync(tenant, $"from=Billing@other-{tenant.Domain}"));
        Assert.Equal([special], await ListAsync(tenant, "subject=100%25%20receipt"));
        Assert.Empty(await ListAsync(tenant, "subject=100_"));
        Assert.Equal([special], await ListAsync(tenant, "tag=kind"));
        Assert.Equal([special], await ListAsync(tenant, "tag=kind:receipt"));
        Assert.Equal([special], await ListAsync(tenant, "tag=a:b"));
        Assert.Empty(await ListAsync(tenant, "tag=kind:invoice"));
        Assert.Equal([special], await ListAsync(tenant, $"domain=OTHER-{tenant.Domain}"));
        Assert.Empty(await ListAsync(tenant, "template=tpl_01jzzzzzzzzzzzzzzzzzzzzzzz"));
        var cut = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddMinutes(-2).ToString("O"));
        Assert.Equal([special, plain], await ListAsync(tenant, $"createdFrom={cut}"));
        Assert.Empty(await ListAsync(tenant, $"createdTo={cut}"));
        Assert.Empty(await ListAsync(tenant, $"to=grace@recipient.test&from={tenant.Sender}"));
    }

    [Fact]
    public async Task Each_status_finds_the_messages_that_have_it()
    {
        var tenant = await api.TenantAsync();
        string[] ids = [await tenant.SendAsync(), await tenant.SendAsync(), await tenant.SendAsync(), await tenant.SendAsync()];
        await tenant.RecordAsync(await tenant.ClaimAsync(ids[0]), DeliveryOutcome.Delivered, 250, "2.0.0", "OK");
        await api.Application.ExecuteAsync("update delivery_queue set due_at = now(), ready = true where organization_id = $1", tenant.Organization.Value);
        await tenant.RecordAsync(await tenant.ClaimAsync(ids[1]), DeliveryOutcome.Bounced, 550, "5.1.1", "no");
        await api.Application.ExecuteAsync("update delivery_queue set due_at = now(), ready = true where organization_id = $1", tenant.Organization.Value);
        await tenant.RecordAsync(await tenant.ClaimAsync(ids[2]), DeliveryOutcome.Deferred, 451, "4.3.0", "later");

        Assert.Equal([ids[0]], await ListAsync(tenant, "status=sent"));
        Assert.Equal([ids[1]], await ListAsync(tenant, "status=bounced"));
        Assert.Equal([ids[2]], await ListAsync(tenant, "status=deferred"));
        Assert.Equal([ids[3]], await ListAsync(tenant, "status=sending"));
        Assert.Empty(await ListAsync(tenant, "status=queued"));
        Assert.Empty(await ListAsync(tenant, "status=scheduled"));
        Assert.Equal([ids[1]], await ListAsync(tenant, "status=bounced&to=ada@recipient.test"));
    }

    [Fact]
    public async Task What_is_wrong_with_the_filters_is_listed_at_once()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.Client.GetJsonAsync(
            "/v1/mail/messages?status=lost&to=nobody&from=x&subject=a%0d%0ab&tag=%00&template=msg_1&createdFrom=soon&createdTo=1&limit=0&cursor=x", 400);
        Assert.Equal(
            ["?createdFrom invalid_value", "?createdTo invalid_value", "?cursor invalid_value", "?from invalid_email", "?limit out_of_range",
             "?status invalid_value", "?subject invalid_characters", "?tag invalid_characters", "?template invalid_value", "?to invalid_email"],
            problem.FieldErrors());
        Assert.Contains("'status'", (await tenant.Client.GetJsonAsync("/v1/mail/messages?staus=sent", 400)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listing_needs_its_scope_and_shows_nothing_of_others()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        await tenant.SendAsync();
        Assert.Empty(await ListAsync(other, "to=ada@recipient.test"));
        using var client = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        foreach (var path in new[] { "/v1/mail/messages", "/v1/emails", "/v1/messages" })
            Assert.Contains("emails:read", (await client.GetJsonAsync(path, 403)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_account_surface_answers_arrays_with_a_link_to_the_next_page()
    {
        var tenant = await api.TenantAsync();
        string[] ids = [await tenant.SendAsync(), await tenant.SendAsync()];

        using var response = await tenant.Client.GetAsync("/v1/emails?limit=1");
        var emails = await response.ReadAsync(200);
        Assert.Equal(ids[1], emails[0].Text("id"));
        Assert.Equal("queued", emails[0].Text("status"));
        var link = Assert.Single(response.Headers.GetValues("Link"));
        Assert.Equal($"</v1/emails?limit=1&cursor={ids[1]}>; rel=\"next\"", link);
        Assert.Equal(ids[0], (await tenant.Client.GetJsonAsync(link[1..link.IndexOf('>', StringComparison.Ordinal)]))[0].Text("id"));
    }

    [Fact]
    public async Task Account_messages_have_numbers_for_statuses_and_tell_test_mail_apart()
    {
        var tenant = await api.TenantAsync();
        var live = await tenant.SendAsync();
        using var tester = await tenant.WithKeyAsync([Scopes.FullAccess], SendingMode.Test);
        using var sent = await tester.PostJsonAsync("/v1/emails", tenant.Message());
        var test = (await sent.ReadAsync(202)).Text("id");
        await tenant.RecordAsync(await tenant.ClaimAsync(live), DeliveryOutcome.Delivered, 250, "2.0.0", "OK");

        var all = await tenant.Client.GetJsonAsync("/v1/messages");
        Assert.Equal([test, live], all.EnumerateArray().Select(row => row.Text("id")));
        var row = Assert.Single((await tenant.Client.GetJsonAsync("/v1/messages?test=false&limit=200")).EnumerateArray());
        Assert.Equal((live, 3, "ada@recipient.test"), (row.Text("id"), row.At("status").GetInt32(), row.Text("toEmail")));
        Assert.Equal(1, Assert.Single((await tenant.Client.GetJsonAsync("/v1/messages?test=true")).EnumerateArray()).At("status").GetInt32());
        Assert.Equal(["?limit out_of_range", "?test invalid_value"], (await tenant.Client.GetJsonAsync("/v1/messages?limit=201&test=maybe", 400)).FieldErrors());

        var one = await tenant.Client.GetJsonAsync($"/v1/messages/{live}");
        Assert.Equal(("Hi.", live), (one.Text("textBody"), one.Text("message", "id")));
        var events = (await tenant.Client.GetJsonAsync($"/v1/messages/{live}/events")).EnumerateArray().ToList();
        Assert.Equal([0, 1], events.Select(item => item.At("type").GetInt32()));
        Assert.Equal("OK", events[1].Text("metadata", "smtpResponse"));
    }

    private static async Task<string[]> ListAsync(Tenant tenant, string query) =>
        IdsOf(await tenant.Client.GetJsonAsync("/v1/mail/messages?" + query));

    private static string[] IdsOf(JsonElement list) => [.. list.At("data").EnumerateArray().Select(item => item.Text("id"))];
}
