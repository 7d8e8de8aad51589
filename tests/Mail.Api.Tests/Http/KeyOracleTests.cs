using System.Collections.Concurrent;
using System.Diagnostics;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Api.Tests.Http;

/// <summary>Whoever guesses keys learns nothing but that the guess was wrong.</summary>
[Collection(ApiCollection.Name)]
public sealed class KeyOracleTests(ApiFixture api)
{
    [Fact]
    public async Task Unknown_wrong_expired_revoked_and_suspended_keys_get_one_answer_for_the_same_work()
    {
        var statements = new ConcurrentQueue<(string Trace, string Text)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            // What is no statement is a connection being opened, which is the pool's business.
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("db.query.text") is string text)
                    statements.Enqueue((activity.TraceId.ToHexString(), text));
            },
        };
        ActivitySource.AddActivityListener(listener);

        var answers = new List<(string Kind, string Answer, string Work)>();
        foreach (var (kind, key) in await GuessesAsync())
        {
            using var response = await api.Application.ClientWith(key).GetAsync("/v1/api-keys");
            var trace = Assert.Single(response.Headers.GetValues("X-Request-Id"));
            var headers = response.Headers.Where(header => !header.Key.Equals("X-Request-Id", StringComparison.OrdinalIgnoreCase)).Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
            var body = (await response.Content.ReadAsStringAsync()).Replace(trace, "", StringComparison.Ordinal);
            answers.Add((kind, $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n{body}",
                string.Join('\n', statements.Where(statement => statement.Trace == trace).Select(statement => statement.Text))));
        }

        Assert.StartsWith("401", answers[0].Answer, StringComparison.Ordinal);
        Assert.Contains("api_keys", answers[0].Work, StringComparison.Ordinal);
        Assert.All(answers, answer => Assert.Equal((answers[0].Answer, answers[0].Work), (answer.Answer, answer.Work)));
    }

    // Each prefix is asked for once only: what is remembered from the time before would spare work.
    private async Task<List<(string Kind, string Key)>> GuessesAsync()
    {
        var tenant = await api.TenantAsync();
        var suspended = await api.TenantAsync();
        var (wrong, expired, revoked) = (await KeyAsync(tenant), await KeyAsync(tenant), await KeyAsync(tenant));
        var guessed = await KeyAsync(suspended);
        await api.Application.ExecuteAsync("update api_keys set expires_at = now() - interval '1 second' where prefix = $1", expired.Prefix);
        await api.Application.ExecuteAsync("update api_keys set revoked_at = now() where prefix = $1", revoked.Prefix);
        await api.Application.ExecuteAsync(
            "update organizations set status = 'suspended', suspended_at = now() where id = $1", suspended.Organization.Value);
        return
        [
            ("unknown prefix", ApiKeyText.Generate(SendingMode.Live).Reveal()), ("wrong secret", wrong.Reveal()[..^4] + "____"),
            ("expired", expired.Reveal()), ("revoked", revoked.Reveal()), ("wrong secret of a suspended organization", guessed.Reveal()[..^4] + "____"),
            ("live key as test key", (await KeyAsync(tenant)).Reveal().Replace("ms_live_", "ms_test_", StringComparison.Ordinal)),
        ];
    }

    private static Task<ApiKeyText> KeyAsync(Tenant tenant) => tenant.KeyAsync([Scopes.FullAccess]);
}
