using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Otp;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Otp;

[Collection(ApiCollection.Name)]
public sealed partial class OtpTests(ApiFixture api)
{
    private static int _addresses;

    [Fact]
    public async Task A_code_is_verified_once()
    {
        var tenant = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant);

        var first = await VerifyAsync(tenant, id, code);
        var second = await VerifyAsync(tenant, id, code);

        Assert.Equal((true, "verified"), (first.At("verified").GetBoolean(), first.Text("status")));
        Assert.Equal((false, "verified"), (second.At("verified").GetBoolean(), second.Text("status")));
    }

    [Fact]
    public async Task One_of_fifty_parallel_verifications_is_the_one()
    {
        var tenant = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant);

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => VerifyAsync(tenant, id, code)));

        Assert.Single(verdicts, verdict => verdict.At("verified").GetBoolean());
    }

    [Fact]
    public async Task A_thousand_parallel_wrong_codes_are_five_tries()
    {
        var tenant = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant);
        var wrong = code == "000000" ? "111111" : "000000";

        var verdicts = new ConcurrentBag<JsonElement>();
        // As many at a time as get a connection in the time a request may wait for one, also on a slow machine.
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 100 },
            async (_, _) => verdicts.Add(await VerifyAsync(tenant, id, wrong)));
        var late = await VerifyAsync(tenant, id, code);
        var challenge = (await tenant.Client.GetJsonAsync($"/v1/mail/otp/challenges/{id}")).At("data");

        Assert.DoesNotContain(verdicts, verdict => verdict.At("verified").GetBoolean());
        Assert.Equal([1, 2, 3, 4], verdicts.Select(verdict => verdict.At("attemptsRemaining").GetInt32()).Where(left => left > 0).Order());
        Assert.False(late.At("verified").GetBoolean());
        Assert.Equal(("failed", 5), (challenge.Text("status"), challenge.At("attempts").GetInt32()));
    }

    [Fact]
    public async Task A_new_challenge_replaces_the_one_before_it()
    {
        var tenant = await api.TenantAsync();
        var to = NewAddress();
        var (old, oldCode) = await SendAsync(tenant, to);
        var (other, otherCode) = await SendAsync(tenant, to, purpose: "payment");
        var (fresh, code) = await SendAsync(tenant, to.ToUpperInvariant());

        Assert.Equal("canceled", (await VerifyAsync(tenant, old, oldCode)).Text("status"));
        Assert.True((await VerifyAsync(tenant, other, otherCode)).At("verified").GetBoolean());
        Assert.True((await VerifyAsync(tenant, fresh, code)).At("verified").GetBoolean());
        Assert.Equal(["mail.otp.canceled"], await EventsAsync(tenant, old, "mail.otp.canceled"));
    }

    [Fact]
    public async Task A_code_is_worth_nothing_after_its_time()
    {
        var tenant = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant);
        await api.Application.ExecuteAsync("update otp_challenges set expires_at = now() where id = $1", Raw(id));

        var verdict = await VerifyAsync(tenant, id, code);
        await api.Application.Services.GetRequiredService<OtpStore>().SettleOverdueAsync(1000, default);

        Assert.Equal((false, "expired"), (verdict.At("verified").GetBoolean(), verdict.Text("status")));
        Assert.Equal(["mail.otp.expired"], await EventsAsync(tenant, id, "mail.otp.expired"));
    }

    [Fact]
    public async Task Twenty_requests_at_once_for_one_address_make_five_challenges()
    {
        var tenant = await api.TenantAsync();
        var to = NewAddress();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tenant.Client.PostJsonAsync("/v1/mail/otp/send", Request(tenant, to))));
        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        var mails = await api.Application.QueryAsync<long>("select count(*) from message_recipients where address = $1", to);

        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(15, refused.Count);
        Assert.Equal("600", refused[0].Headers.GetValues("Retry-After").Single());
        Assert.Equal("rate_limited", (await refused[0].ReadAsync(429)).Text("code"));
        Assert.Equal(5, mails);
    }

    [Fact]
    public async Task A_repeated_request_answers_the_same_challenge()
    {
        var tenant = await api.TenantAsync();
        var request = Request(tenant, NewAddress());

        using var first = await tenant.Client.PostJsonAsync("/v1/mail/otp/send", request, "key-1");
        using var second = await tenant.Client.PostJsonAsync("/v1/mail/otp/send", request, "key-1");
        using var other = await tenant.Client.PostJsonAsync("/v1/mail/otp/send", Request(tenant, NewAddress()), "key-1");

        Assert.Equal((await first.ReadAsync(202)).Text("data", "id"), (await second.ReadAsync(202)).Text("data", "id"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal("idempotency_conflict", (await other.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task The_code_is_shown_nowhere_but_in_the_mail()
    {
        var tenant = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant, codeLength: 10);
        var challenge = await tenant.Client.GetJsonAsync($"/v1/mail/otp/challenges/{id}");
        var message = challenge.Text("data", "messageId");

        var reads = new[]
        {
            challenge, await tenant.Client.GetJsonAsync($"/v1/mail/messages/{message}?include=content"),
            await tenant.Client.GetJsonAsync($"/v1/mail/messages/{message}/timeline"), await tenant.Client.GetJsonAsync($"/v1/emails/{message}"),
        };
        var stored = await api.Application.QueryAsync<string>(
            "select coalesce(string_agg(data::text, ' '), '') from events where organization_id = $1", tenant.Organization.Value);
        var hash = await api.Application.QueryAsync<byte[]>("select code_hash from otp_challenges where id = $1", Raw(id));

        Assert.All(reads, read => Assert.DoesNotContain(code, read.GetRawText(), StringComparison.Ordinal));
        Assert.DoesNotContain(code, stored, StringComparison.Ordinal);
        Assert.Equal(32, hash.Length);
    }

    [Fact]
    public async Task The_content_is_erased_when_the_mail_is_out_and_the_challenge_over()
    {
        var tenant = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant);
        await VerifyAsync(tenant, id, code);
        await api.Application.ExecuteAsync(
            "update messages set status = 'sent', settled_at = now() where id = (select message_id from otp_challenges where id = $1)", Raw(id));

        await api.Application.Services.GetRequiredService<OtpStore>().EraseContentAsync(1000, default);

        Assert.Equal("", await api.Application.QueryAsync<string>(
            "select coalesce(html, '') || text from message_contents where message_id = (select message_id from otp_challenges where id = $1)", Raw(id)));
    }

    [Fact]
    public async Task The_mail_goes_first_and_at_most_once_and_ends_with_the_code()
    {
        var tenant = await api.TenantAsync();
        var (id, _) = await SendAsync(tenant);

        var row = await api.Application.QueryAsync<string>(
            """
            select concat_ws(' ', m.source, m.delivery_guarantee, m.sensitive, q.priority, round(extract(epoch from q.give_up_at - q.enqueued_at)))
            from otp_challenges c join messages m on m.id = c.message_id join delivery_queue q on q.message_id = m.id where c.id = $1
            """, Raw(id));

        Assert.Equal("otp at_most_once t 0 600", row);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_mail_is_written_in_the_language_asked_for(string language)
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/otp/send",
            new { to = NewAddress(), from = tenant.Sender, purpose = "login", language, brandName = "A & <B>" });
        var id = (await response.ReadAsync(202)).Text("data", "id");

        var html = await ContentAsync(id, "html");

        Assert.Contains($"lang=\"{language}\"", html, StringComparison.Ordinal);
        Assert.Contains("A &amp; &lt;B&gt;", html, StringComparison.Ordinal);
    }

    public static TheoryData<string> Languages => [.. OtpMail.Languages];

    [Theory]
    [InlineData("Your code", "<p>{{brandName}}: {{code}}</p>", 202)]
    [InlineData("{{code}} is your code", "<p>{{code}}</p>", 422)]
    [InlineData("Your code", "<p>Forgotten</p>", 422)]
    [InlineData("Your code", "<p>{{code}} {{nothing}}</p>", 422)]
    public async Task A_template_brings_the_code_in_its_bodies_only(string subject, string html, int status)
    {
        var tenant = await api.TenantAsync();
        using var template = await tenant.Client.PostJsonAsync("/v1/mail/templates", new { name = "Code", slug = "code", subject, html });
        await template.ReadAsync(201);

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/otp/send",
            new { to = NewAddress(), from = tenant.Sender, purpose = "login", brandName = "Acme", template = "code" });

        var answer = await response.ReadAsync(status);
        if (status == 202)
            Assert.Matches("^<p>Acme: [0-9]{6}</p>$", await ContentAsync(answer.Text("data", "id"), "html"));
    }

    [Fact]
    public async Task All_wrong_fields_are_named()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/otp/send", new
        {
            to = new[] { "a@x.test", "b@x.test" }, purpose = "a\r\nb", expiresIn = "10s", codeLength = 3, brandName = "a\nBcc: x@y.test",
            language = "xx", idempotencyKey = "", colour = "red",
        });

        Assert.Equal(
            ["/brandName invalid_characters", "/codeLength out_of_range", "/colour unknown_field", "/expiresIn out_of_range", "/from required",
             "/idempotencyKey invalid_value", "/language invalid_value", "/purpose invalid_characters", "/to invalid_email"],
            (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Another_organizations_challenge_does_not_exist()
    {
        var tenant = await api.TenantAsync();
        var stranger = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant);

        using var verify = await stranger.Client.PostJsonAsync("/v1/mail/otp/verify", new { challengeId = id, code });
        using var cancel = await stranger.Client.PostJsonAsync($"/v1/mail/otp/challenges/{id}/cancel", new { });
        await stranger.Client.GetJsonAsync($"/v1/mail/otp/challenges/{id}", 404);

        Assert.Equal((404, 404), ((int)verify.StatusCode, (int)cancel.StatusCode));
        Assert.Empty((await stranger.Client.GetJsonAsync("/v1/mail/otp/challenges")).At("data").EnumerateArray());
        Assert.True((await VerifyAsync(tenant, id, code)).At("verified").GetBoolean());
    }

    [Fact]
    public async Task Sending_needs_its_scope()
    {
        var tenant = await api.TenantAsync();
        var reader = await tenant.WithKeyAsync([Scopes.EmailsRead]);

        using var response = await reader.PostJsonAsync("/v1/mail/otp/send", Request(tenant, NewAddress()));

        Assert.Contains("emails:send", (await response.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Challenges_are_listed_by_address_purpose_and_status_page_by_page()
    {
        var tenant = await api.TenantAsync();
        var to = NewAddress();
        var (first, code) = await SendAsync(tenant, to, "a");
        var (second, _) = await SendAsync(tenant, to, "b");
        var (third, _) = await SendAsync(tenant, NewAddress(), "b");
        await VerifyAsync(tenant, first, code);

        var page = await tenant.Client.GetJsonAsync("/v1/mail/otp/challenges?limit=2");
        var next = await tenant.Client.GetJsonAsync($"/v1/mail/otp/challenges?limit=2&cursor={page.Text("nextCursor")}");

        Assert.Equal([third, second], Ids(page));
        Assert.Equal([first], Ids(next));
        Assert.Equal([second], Ids(await tenant.Client.GetJsonAsync($"/v1/mail/otp/challenges?to={to}&purpose=b")));
        Assert.Equal([first], Ids(await tenant.Client.GetJsonAsync("/v1/mail/otp/challenges?status=verified")));
    }

    [Fact]
    public async Task A_pending_challenge_is_canceled_and_a_settled_one_is_not()
    {
        var tenant = await api.TenantAsync();
        var (id, code) = await SendAsync(tenant);

        using var canceled = await tenant.Client.PostJsonAsync($"/v1/mail/otp/challenges/{id}/cancel", new { });
        var verdict = await VerifyAsync(tenant, id, code);
        var (verified, right) = await SendAsync(tenant);
        await VerifyAsync(tenant, verified, right);
        using var late = await tenant.Client.PostJsonAsync($"/v1/mail/otp/challenges/{verified}/cancel", new { });

        Assert.Equal("canceled", (await canceled.ReadAsync(200)).Text("data", "status"));
        Assert.Equal((false, "canceled"), (verdict.At("verified").GetBoolean(), verdict.Text("status")));
        Assert.Equal("conflict", (await late.ReadAsync(409)).Text("code"));
    }

    private static string NewAddress() => $"ada{Interlocked.Increment(ref _addresses)}@otp.test";

    private static object Request(Tenant tenant, string to) => new { to, from = tenant.Sender, purpose = "login" };

    private async Task<(string Id, string Code)> SendAsync(Tenant tenant, string? to = null, string purpose = "login", int codeLength = 6)
    {
        using var response = await tenant.Client.PostJsonAsync(
            "/v1/mail/otp/send", new { to = to ?? NewAddress(), from = tenant.Sender, purpose, codeLength, expiresIn = "10m", brandName = "Acme" });
        var id = (await response.ReadAsync(202)).Text("data", "id");
        return (id, CodeLine().Match(await ContentAsync(id, "text")).Groups[1].Value);
    }

    private Task<string> ContentAsync(string id, string part) => api.Application.QueryAsync<string>(
        $"select {part} from message_contents where message_id = (select message_id from otp_challenges where id = $1)", Raw(id));

    private static async Task<JsonElement> VerifyAsync(Tenant tenant, string challengeId, string code)
    {
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/otp/verify", new { challengeId, code });
        return (await response.ReadAsync(200)).At("data");
    }

    private async Task<string[]> EventsAsync(Tenant tenant, string id, string type) => await api.Application.QueryAsync<string[]>(
        "select coalesce(array_agg(type), '{}') from events where organization_id = $1 and resource_id = $2 and type = $3",
        tenant.Organization.Value, Raw(id), type);

    private static string[] Ids(JsonElement page) => [.. page.At("data").EnumerateArray().Select(row => row.Text("id"))];

    private static Guid Raw(string id) => PrefixedId.TryParse<OtpChallengeId>(id, out var challenge) ? challenge.Value : throw new FormatException(id);

    [GeneratedRegex(@"^ {4}(\d+)\r?$", RegexOptions.Multiline)]
    private static partial Regex CodeLine();
}
