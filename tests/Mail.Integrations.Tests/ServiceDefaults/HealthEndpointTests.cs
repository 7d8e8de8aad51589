using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mail.Integrations.Tests.ServiceDefaults;

public sealed class HealthEndpointTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    public async Task Health_follows_the_worst_check_and_says_nothing_more(HealthStatus status, HttpStatusCode expected)
    {
        await using var host = await StartAsync(() => status);
        using var answer = await host.Http.GetAsync("/health");
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(status.ToString(), await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/alive")).StatusCode);
    }

    [Theory]
    [InlineData("operator", true)]
    [InlineData("somebody", false)]
    [InlineData("", false)]
    public async Task Only_the_operator_sees_detail(string token, bool seesDetail)
    {
        await using var host = await StartAsync(() => HealthStatus.Healthy, ("Mail:OperatorToken", "operator"));
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var text = await host.Http.GetStringAsync("/health");
        Assert.Equal(seesDetail, text.Contains("fake detail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_operator_token_an_empty_one_opens_nothing()
    {
        await using var host = await StartAsync(() => HealthStatus.Healthy, ("Mail:OperatorToken", ""));
        host.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer ");
        Assert.Equal("Healthy", await host.Http.GetStringAsync("/health"));
    }

    [Fact]
    public async Task Many_probes_run_the_checks_once()
    {
        var runs = 0;
        await using var host = await StartAsync(() =>
        {
            Interlocked.Increment(ref runs);
            return HealthStatus.Healthy;
        });
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.Http.GetAsync("/health")));
        // More than once only if the burst took longer than the second a report is kept.
        Assert.InRange(runs, 1, 10);
    }

    [Fact]
    public async Task Readiness_ends_before_the_listener_does()
    {
        await using var host = await TestHost.StartAsync(
            builder => builder.Services.Configure<Mail.ServiceDefaults.Health.ShutdownOptions>(options => options.DrainDelay = TimeSpan.FromMinutes(5)));
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/health")).StatusCode);
        using var secondSignal = new CancellationTokenSource();
        var stop = host.App.StopAsync(secondSignal.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Http.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/alive")).StatusCode);
        Assert.False(stop.IsCompleted);
        await secondSignal.CancelAsync();
        await Record.ExceptionAsync(() => stop.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(stop.IsCompleted);
    }

    private static Task<TestHost> StartAsync(Func<HealthStatus> status, params (string, string)[] settings) => TestHost.StartAsync(
        builder => builder.Services.AddHealthChecks().AddCheck("fake", () => new HealthCheckResult(status(), "fake detail")), null, settings);
}
