using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Api.Tests.Features.Billing;

[Collection(ApiCollection.Name)]
public sealed class BillingTests(ApiFixture api)
{
    private const string Usage = "/v1/billing/usage";
    private const string Cap = "/v1/billing/spend-cap";

    [Fact]
    public async Task Usage_is_the_recipients_accepted()
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync(new { from = tenant.Sender, to = new[] { "a@recipient.test", "b@recipient.test" }, subject = "Hello", text = "Hi." });
        using var first = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        using var replayed = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        using var test = await (await tenant.WithKeyAsync([Scopes.FullAccess], SendingMode.Test)).PostJsonAsync("/v1/mail/send", tenant.Message());
        using var suppression = await tenant.Client.PostJsonAsync("/v1/suppressions", new { email = "gone@recipient.test" });
        await tenant.SendAsync(tenant.Message(to: "gone@recipient.test"));
        using var refused = await tenant.Client.PostJsonAsync("/v1/mail/send", new { from = "x@elsewhere.test", to = "a@recipient.test", subject = "Hello", text = "Hi." });

        var usage = await tenant.Client.GetJsonAsync(Usage);

        Assert.Equal((202, 202, 202, 422), ((int)first.StatusCode, (int)replayed.StatusCode, (int)test.StatusCode, (int)refused.StatusCode));
        Assert.Equal(TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture), usage.Text("periodKey"));
        Assert.Equal((3, 3000, 2997, 0, 40), (Number(usage, "emailsSent"), Number(usage, "freeMonthlyAllowance"), Number(usage, "freeRemaining"),
            Number(usage, "billableEmails"), Number(usage, "pricePer1kCents")));
        Assert.False(usage.At("hasPaymentMethod").GetBoolean());
        Assert.Equal(JsonValueKind.Null, usage.At("monthlySpendCapCents").ValueKind);
    }

    [Fact]
    public async Task Nothing_is_refused_while_billing_is_off()
    {
        var tenant = await api.TenantAsync();
        await UsedAsync(tenant, 5000);

        await tenant.SendAsync();

        Assert.Equal((5001, 2001), (Number(await tenant.Client.GetJsonAsync(Usage), "emailsSent"), Number(await tenant.Client.GetJsonAsync(Usage), "billableEmails")));
    }

    [Fact]
    public async Task Without_a_payment_method_the_free_tier_is_the_end()
    {
        var tenant = await api.TenantAsync();
        await BilledAsync(tenant, hasPaymentMethod: false);
        await UsedAsync(tenant, 2999);

        using var last = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        using var next = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        using var account = await tenant.Client.PostJsonAsync("/v1/emails", tenant.Message());
        using var replayed = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        using var test = await (await tenant.WithKeyAsync([Scopes.FullAccess], SendingMode.Test)).PostJsonAsync("/v1/mail/send", tenant.Message());

        Assert.Equal("payment_required", (await next.ReadAsync(402)).Text("code"));
        Assert.Equal("payment_required", (await account.ReadAsync(402)).Text("code"));
        Assert.Equal((await last.ReadAsync(202)).Text("data", "id"), (await replayed.ReadAsync(202)).Text("data", "id"));
        Assert.Equal(202, (int)test.StatusCode);
        Assert.Equal(3000, Number(await tenant.Client.GetJsonAsync(Usage), "emailsSent"));
    }

    [Fact]
    public async Task A_message_does_not_pass_in_part()
    {
        var tenant = await api.TenantAsync();
        await BilledAsync(tenant, hasPaymentMethod: false);
        await UsedAsync(tenant, 2999);

        using var two = await tenant.Client.PostJsonAsync("/v1/mail/send",
            new { from = tenant.Sender, to = new[] { "a@recipient.test", "b@recipient.test" }, subject = "Hello", text = "Hi." });
        using var one = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());

        Assert.Equal((402, 202), ((int)two.StatusCode, (int)one.StatusCode));
    }

    [Fact]
    public async Task The_cap_holds_and_is_told_once()
    {
        var tenant = await api.TenantAsync();
        await BilledAsync(tenant, hasPaymentMethod: true);
        await UsedAsync(tenant, 3999);
        await CapAsync(tenant, 40);

        using var last = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        for (var i = 0; i < 3; i++)
        {
            using var beyond = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
            Assert.Equal("spend_cap_reached", (await beyond.ReadAsync(402)).Text("code"));
        }
        var told = (await tenant.Client.GetJsonAsync("/v1/mail/events?type=mail.usage.spend_cap_reached")).At("data");
        await CapAsync(tenant, null);
        await tenant.SendAsync();

        Assert.Equal(202, (int)last.StatusCode);
        Assert.Equal(40, Assert.Single(told.EnumerateArray()).At("data", "monthlySpendCapCents").GetInt32());
    }

    [Fact]
    public async Task Parallel_sends_of_one_process_stop_at_the_limit()
    {
        var tenant = await api.TenantAsync();
        await BilledAsync(tenant, hasPaymentMethod: false);
        await UsedAsync(tenant, 2980);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message())));

        Assert.Equal(20, answers.Count(answer => (int)answer.StatusCode == 202));
        Assert.Equal(40, answers.Count(answer => (int)answer.StatusCode == 402));
        Assert.Equal(3000, Number(await tenant.Client.GetJsonAsync(Usage), "emailsSent"));
    }

    [Theory]
    [InlineData("{}", "/monthlySpendCapCents required")]
    [InlineData("""{"monthlySpendCapCents":-1}""", "/monthlySpendCapCents out_of_range")]
    [InlineData("""{"monthlySpendCapCents":"5","cap":1}""", "/cap unknown_field", "/monthlySpendCapCents invalid_type")]
    public async Task A_wrong_cap_is_refused(string body, params string[] errors)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PutAsync(Cap, new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));

        Assert.Equal(errors, (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Payments_are_not_configured()
    {
        var tenant = await api.TenantAsync();

        using var intent = await tenant.Client.PostAsync("/v1/billing/setup-intent", null);
        using var sync = await tenant.Client.PostAsync("/v1/billing/payment-method/sync", null);

        Assert.Equal("not_configured", (await intent.ReadAsync(409)).Text("code"));
        Assert.Equal("not_configured", (await sync.ReadAsync(409)).Text("code"));
        Assert.Equal("not_configured", (await tenant.Client.GetJsonAsync("/v1/billing/portal?returnUrl=https://example.com", 409)).Text("code"));
        Assert.Equal(["?returnUrl required"], (await tenant.Client.GetJsonAsync("/v1/billing/portal", 400)).FieldErrors());
    }

    private Task BilledAsync(Tenant tenant, bool hasPaymentMethod) => api.Application.ExecuteAsync(
        "update organizations set billing_enabled = true, has_payment_method = $2 where id = $1", tenant.Organization.Value, hasPaymentMethod);

    private Task UsedAsync(Tenant tenant, long accepted) => api.Application.ExecuteAsync(
        "insert into usage_counters values ($1, to_char(now() at time zone 'UTC', 'YYYY-MM'), 99, $2)", tenant.Organization.Value, accepted);

    private static async Task CapAsync(Tenant tenant, long? cents)
    {
        using var response = await tenant.Client.PutAsync(Cap, JsonContent.Create(new { monthlySpendCapCents = cents }));
        var answer = (await response.ReadAsync(200)).At("monthlySpendCapCents");
        Assert.Equal(cents, answer.ValueKind == JsonValueKind.Null ? null : answer.GetInt64());
    }

    private static int Number(JsonElement element, string name) => element.At(name).GetInt32();
}
