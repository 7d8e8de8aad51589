using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Batches;
using Mail.Core.Ids;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Batches;

[Collection(ApiCollection.Name)]
public sealed class BatchTests(ApiFixture api)
{
    [Fact]
    public async Task Each_item_stands_alone()
    {
        var tenant = await api.TenantAsync();
        object[] messages =
        [
            tenant.Message("One"), new { from = tenant.Sender, to = "nobody", subject = "Two", text = "x", colour = 1 },
            new { from = "a@elsewhere.test", to = "ada@recipient.test", subject = "Three", text = "x" }, 4, tenant.Message("Five"),
        ];

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages });
        var answer = (await response.ReadAsync(202)).At("data");
        var items = await ItemsAsync(tenant, answer.Text("id"));

        Assert.Equal(("accepted", 5, 2, 3), (answer.Text("status"), Number(answer, "messageCount"), Number(answer, "accepted"), Number(answer, "rejected")));
        Assert.Equal(["queued", "rejected", "rejected", "rejected", "queued"], items.Select(item => item.Text("status")));
        Assert.Equal(["validation_error", "domain_not_verified", "validation_error"], items[1..4].Select(item => item.Text("error", "code")));
        Assert.Equal(["/colour", "/to"], items[1].At("error", "errors").EnumerateArray().Select(error => error.Text("path")).Order());
        Assert.Equal("Five", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{items[4].Text("messageId")}")).Text("data", "subject"));
    }

    [Fact]
    public async Task Five_hundred_messages_are_accepted_in_one_commit_and_counted()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/batch",
            new { messages = Enumerable.Range(0, 500).Select(number => tenant.Message($"Nr {number}", $"user{number}@recipient.test")) });
        var id = (await response.ReadAsync(202)).Text("data", "id");
        var batch = (await tenant.Client.GetJsonAsync($"/v1/mail/batch/{id}")).At("data");

        Assert.Equal(500, Number(batch, "accepted"));
        Assert.Equal(500, batch.At("counts", "queued").GetInt32());
        Assert.Equal(500L, await api.Application.QueryAsync<long>("select count(*) from messages where batch_id = $1 and source = 'batch'", Raw(id)));
        Assert.Equal(1L, await api.Application.QueryAsync<long>("select count(distinct xmin::text) from messages where batch_id = $1", Raw(id)));
    }

    [Fact]
    public async Task A_repeated_batch_is_the_first_one()
    {
        var tenant = await api.TenantAsync();
        var body = new { messages = new[] { tenant.Message("One"), tenant.Message("Two") } };

        using var first = await tenant.Client.PostJsonAsync("/v1/mail/batch", body, "week-19");
        using var second = await tenant.Client.PostJsonAsync("/v1/mail/batch", body, "week-19");
        using var other = await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages = new[] { tenant.Message("Else") } }, "week-19");

        Assert.Equal((await first.ReadAsync(202)).Text("data", "id"), (await second.ReadAsync(202)).Text("data", "id"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal("idempotency_conflict", (await other.ReadAsync(409)).Text("code"));
        Assert.Equal(2L, await CountAsync(tenant));
    }

    [Fact]
    public async Task The_key_of_an_item_holds_over_batches()
    {
        var tenant = await api.TenantAsync();
        var keyed = new { from = tenant.Sender, to = "ada@recipient.test", subject = "Once", text = "x", idempotencyKey = "ada-19" };

        using var first = await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages = new object[] { keyed, tenant.Message("More") } });
        using var second = await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages = new object[] { keyed } });
        var one = (await ItemsAsync(tenant, (await first.ReadAsync(202)).Text("data", "id")))[0];
        var again = (await ItemsAsync(tenant, (await second.ReadAsync(202)).Text("data", "id")))[0];

        Assert.Equal(one.Text("messageId"), again.Text("messageId"));
        Assert.Equal(("created", "replayed"), (one.Text("idempotencyStatus"), again.Text("idempotencyStatus")));
        Assert.Equal(2L, await CountAsync(tenant));
    }

    [Fact]
    public async Task A_batch_that_broke_off_reports_what_is_missing_and_goes_on_where_it_stopped()
    {
        var tenant = await api.TenantAsync();
        var body = new { messages = Enumerable.Range(0, 10).Select(number => tenant.Message($"Nr {number}")).ToArray() };
        using var first = await tenant.Client.PostJsonAsync("/v1/mail/batch", body, "broken");
        var id = (await first.ReadAsync(202)).Text("data", "id");
        await BreakOffAsync(id, keep: 4);

        await api.Application.Services.GetRequiredService<BatchStore>().CloseInterruptedAsync(100, default);
        var interrupted = (await tenant.Client.GetJsonAsync($"/v1/mail/batch/{id}")).At("data");
        var missing = (await ItemsAsync(tenant, id, "&status=rejected")).Select(item => (Number(item, "index"), item.Text("error", "code")));
        using var again = await tenant.Client.PostJsonAsync("/v1/mail/batch", body, "broken");
        var resumed = (await again.ReadAsync(202)).At("data");

        Assert.Equal(("interrupted", 4, 6), (interrupted.Text("status"), Number(interrupted, "accepted"), Number(interrupted, "rejected")));
        Assert.Equal(Enumerable.Range(4, 6).Select(index => (index, "interrupted")), missing);
        Assert.Equal((id, "accepted", 10, 0), (resumed.Text("id"), resumed.Text("status"), Number(resumed, "accepted"), Number(resumed, "rejected")));
        Assert.Equal(10L, await CountAsync(tenant));
    }

    [Fact]
    public async Task A_batch_that_is_still_worked_on_is_not_begun_twice()
    {
        var tenant = await api.TenantAsync();
        var body = new { messages = new[] { tenant.Message("One") } };
        using var first = await tenant.Client.PostJsonAsync("/v1/mail/batch", body, "busy");
        await BreakOffAsync((await first.ReadAsync(202)).Text("data", "id"), keep: 0, busyFor: "1 minute");

        using var second = await tenant.Client.PostJsonAsync("/v1/mail/batch", body, "busy");

        Assert.Equal("idempotency_in_progress", (await second.ReadAsync(409)).Text("code"));
        Assert.InRange(int.Parse(second.Headers.GetValues("Retry-After").Single()), 50, 60);
    }

    [Fact]
    public async Task The_account_surface_tells_of_every_item()
    {
        var tenant = await api.TenantAsync();
        object[] emails = [new { from = tenant.Sender, to = "a@x.test; b@x.test", subject = "One", text = "x" }, new { from = tenant.Sender, to = "c@x.test", subject = "Two" }];

        using var response = await tenant.Client.PostJsonAsync("/v1/emails/batch", new { emails });
        var answer = await response.ReadAsync(202);

        Assert.Equal((1, 1), (Number(answer, "accepted"), Number(answer, "rejected")));
        Assert.Equal("queued", answer.At("results")[0].Text("status"));
        Assert.StartsWith("msg_", answer.At("results")[0].Text("id"), StringComparison.Ordinal);
        Assert.Equal(("rejected", "html or text is required."), (answer.At("results")[1].Text("status"), answer.At("results")[1].Text("error")));
    }

    [Theory]
    [InlineData("/v1/mail/batch", "messages", 501, "/messages too_many")]
    [InlineData("/v1/mail/batch", "messages", 0, "/messages required")]
    [InlineData("/v1/emails/batch", "emails", 101, "/emails too_many")]
    public async Task The_number_of_items_is_bounded(string path, string field, int count, string error)
    {
        var tenant = await api.TenantAsync();
        var body = new Dictionary<string, object> { [field] = Enumerable.Repeat(new { }, count), ["idempotencyKey"] = "" };

        using var response = await tenant.Client.PostJsonAsync(path, body);

        Assert.Equal([error, "/idempotencyKey invalid_value"], (await response.ReadAsync(400)).FieldErrors().OrderDescending().OrderBy(found => found == error ? 0 : 1));
    }

    [Fact]
    public async Task Another_organizations_batch_does_not_exist()
    {
        var tenant = await api.TenantAsync();
        var stranger = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages = new[] { tenant.Message() } });
        var id = (await response.ReadAsync(202)).Text("data", "id");

        await stranger.Client.GetJsonAsync($"/v1/mail/batch/{id}", 404);
        await stranger.Client.GetJsonAsync($"/v1/mail/batch/{id}/items", 404);
        Assert.Empty((await stranger.Client.GetJsonAsync("/v1/mail/batch")).At("data").EnumerateArray());
        Assert.Equal(id, (await tenant.Client.GetJsonAsync("/v1/mail/batch")).At("data")[0].Text("id"));
    }

    [Fact]
    public async Task Items_are_read_page_by_page()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages = Enumerable.Range(0, 5).Select(_ => tenant.Message()) });
        var path = $"/v1/mail/batch/{(await response.ReadAsync(202)).Text("data", "id")}/items?limit=2";

        var seen = new List<int>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await tenant.Client.GetJsonAsync(path + (cursor.Length == 0 ? "" : "&cursor=" + cursor));
            seen.AddRange(page.At("data").EnumerateArray().Select(item => Number(item, "index")));
            cursor = page.At("nextCursor").GetString();
        }

        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public async Task Sending_needs_its_scope()
    {
        var tenant = await api.TenantAsync();
        var reader = await tenant.WithKeyAsync([Scopes.EmailsRead]);

        using var response = await reader.PostJsonAsync("/v1/mail/batch", new { messages = new[] { tenant.Message() } });

        Assert.Contains("emails:send", (await response.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
    }

    // What a process leaves behind that dies after it has committed some of the items.
    private async Task BreakOffAsync(string id, int keep, string busyFor = "0 seconds")
    {
        await api.Application.ExecuteAsync(
            "delete from messages where id in (select message_id from batch_items where batch_id = $1 and ordinal >= $2)", Raw(id), keep);
        await api.Application.ExecuteAsync("delete from batch_items where batch_id = $1 and ordinal >= $2", Raw(id), keep);
        await api.Application.ExecuteAsync(
            "update batches set status = 'processing', completed_at = null, busy_until = now() + $2::text::interval where id = $1", Raw(id), busyFor);
    }

    private Task<long> CountAsync(Tenant tenant) =>
        api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value);

    private static async Task<JsonElement[]> ItemsAsync(Tenant tenant, string batch, string query = "") =>
        [.. (await tenant.Client.GetJsonAsync($"/v1/mail/batch/{batch}/items?limit=100{query}")).At("data").EnumerateArray()];

    private static int Number(JsonElement element, string name) => element.At(name).GetInt32();

    private static Guid Raw(string id) => PrefixedId.TryParse<BatchId>(id, out var batch) ? batch.Value : throw new FormatException(id);
}
