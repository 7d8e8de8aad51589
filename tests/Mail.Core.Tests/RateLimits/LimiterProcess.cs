using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.RateLimits;
using Mail.Integrations.Redis;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Tests.RateLimits;

/// <summary>What one process has of the limiter.</summary>
internal sealed class LimiterProcess : IAsyncDisposable
{
    private readonly RedisClient _redis;

    public LimiterProcess(RedisServer redis, RateLimitOptions options, NpgsqlDataSource database)
    {
        _redis = new RedisClient(RedisConfiguration.Parse(redis.ConnectionString + ",connectTimeout=60000,syncTimeout=60000"));
        var settings = new RateLimitSettings(new RateLimitStore(database), Options.Create(options), TimeProvider.System, NullLogger<RateLimitSettings>.Instance);
        Buckets = new RateBuckets(_redis, Options.Create(options), TimeProvider.System, Log);
        Limiter = new RateLimiter(Buckets, settings, TimeProvider.System);
    }

    public RateBuckets Buckets { get; }

    public RateLimiter Limiter { get; }

    public Events Log { get; } = new();

    public static OrganizationId NewOrganization() => PrefixedId.New<OrganizationId>(TimeProvider.System);

    public static ApiKeyId NewKey() => PrefixedId.New<ApiKeyId>(TimeProvider.System);

    /// <summary>So many requests at once; how many may go on.</summary>
    public async Task<int> TakeAsync(int requests, OrganizationId organization, ApiKeyId? key = null, RatePolicy policy = RatePolicy.Send)
    {
        var decisions = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => Limiter.TakeAsync(organization, key, policy, CancellationToken.None).AsTask()));
        return decisions.Count(decision => decision.Allowed);
    }

    /// <summary>How often the script has run on this server.</summary>
    public async Task<int> ScriptsAsync()
    {
        var statistics = (string)(await _redis.ExecuteAsync(["INFO", "commandstats"])).Value!;
        var line = statistics.Split('\n').Single(line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal));
        return int.Parse(line.Split("calls=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Buckets.DisposeAsync();
        await _redis.DisposeAsync();
    }

    /// <summary>Tells when the limiter left Redis and when it came back.</summary>
    internal sealed class Events : ILogger<RateBuckets>
    {
        public SemaphoreSlim Left { get; } = new(0);

        public SemaphoreSlim CameBack { get; } = new(0);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            (logLevel == LogLevel.Warning ? Left : CameBack).Release();

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    }
}
