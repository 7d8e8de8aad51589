using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Mail.Inbound.Session;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mail.Inbound.Tests.Submission;

/// <summary>What nobody learns from a log-in.</summary>
public sealed class SecrecyTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private static readonly string Base64Key = Convert.ToBase64String(Encoding.UTF8.GetBytes(InboundFixture.ApiKey));

    [Fact]
    public async Task Key_is_in_no_log_no_trace_and_no_reply()
    {
        var seen = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => seen.Enqueue(
                $"trace: {activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(entry => entry.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, settings:
            [("Mail:Demo:ApiKey", InboundFixture.ApiKey), ("Mail:Submission:Port", "0"), ("Logging:LogLevel:Default", "Trace"), ("Logging:Console:LogLevel:Default", "None")]);
        using var logs = new Logs(seen);
        host.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);

        await using (var client = await StartAsync(host))
        {
            string[] commands =
            [
                "AUTH PLAIN " + Base64Key, "AUTH PLAIN " + Plain(InboundFixture.ApiKey + "x"), "AUTH LOGIN", Base64Key, "*", "AUTH LOGIN " + Base64Key, Base64Key[..^4],
                InboundFixture.ApiKey, "AUTH " + InboundFixture.ApiKey, "AUTH PLAIN " + Plain(InboundFixture.ApiKey), "MAIL FROM:<shop@demo.test>", "RCPT TO:<user@example.test>",
            ];
            foreach (var command in commands)
                seen.Enqueue("reply: " + await client.AskAsync(command));
            seen.Enqueue("reply: " + await client.AskAsync("DATA"));
            seen.Enqueue("reply: " + await client.EndAsync("From: shop@demo.test\r\n\r\nx"));
        }

        Assert.Contains(seen, text => text.StartsWith("reply: 250 2.0.0 OK queued", StringComparison.Ordinal));
        Assert.Contains(seen, text => text.StartsWith("trace: ", StringComparison.Ordinal));
        Assert.Contains(seen, text => text.StartsWith("log: ", StringComparison.Ordinal));
        var secret = InboundFixture.ApiKey.Split('_')[^1];
        Assert.DoesNotContain(seen, text => text.Contains(secret, StringComparison.Ordinal) || text.Contains(Base64Key[16..40], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unknown_wrong_expired_and_revoked_keys_get_one_answer()
    {
        var (expired, _) = await CreateAsync("expired", TimeProvider.System.GetUtcNow().AddMinutes(1));
        await using (var expire = fixture.Database.DataSource.CreateCommand("update api_keys set expires_at = now() - interval '1 second' where name = 'expired'"))
            Assert.Equal(1, await expire.ExecuteNonQueryAsync());
        var (revoked, id) = await CreateAsync("revoked", null);
        Assert.True(await fixture.Development.Services.GetRequiredService<ApiKeyRegistry>().RevokeAsync(await OrganizationAsync(), id, CancellationToken.None));
        string[] keys = [expired, revoked, InboundFixture.ApiKey + "x", InboundFixture.ApiKey.Replace("dialogue", "nobodys0", StringComparison.Ordinal), "x", ""];
        await using var client = await StartAsync(fixture.Development);

        foreach (var key in keys)
            Assert.Equal("535 5.7.8 Authentication credentials invalid", await client.AskAsync("AUTH PLAIN " + Plain(key.Length == 0 ? " " : key)));
    }

    private static async Task<LineClient> StartAsync(InboundHost host)
    {
        var client = new LineClient(await host.ConnectAsync(SmtpServiceKind.Submission));
        await client.GreetAsync();
        await client.StartTlsAsync();
        Assert.StartsWith("250 ", await client.AskAsync("EHLO client.test"));
        return client;
    }

    private static string Plain(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes("\0any\0" + key));

    private async Task<OrganizationId> OrganizationAsync() => (await fixture.Development.Services.GetRequiredService<OrganizationStore>()
        .FindByNameAsync(DemoSeed.OrganizationName, CancellationToken.None))!.Value;

    private async Task<(string Key, ApiKeyId Id)> CreateAsync(string name, DateTimeOffset? expiresAt)
    {
        var outcome = await fixture.Development.Services.GetRequiredService<ApiKeyRegistry>().CreateAsync(
            await OrganizationAsync(), new NewApiKey(name, SendingMode.Live, [Scopes.EmailsSend], ExpiresAt: expiresAt), CancellationToken.None);
        var created = Assert.IsType<CreateKeyOutcome.Created>(outcome);
        return (created.Text.Reveal(), created.Key.Id);
    }

    private sealed class Logs(ConcurrentQueue<string> seen) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            seen.Enqueue($"log: {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            seen.Enqueue($"log: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
