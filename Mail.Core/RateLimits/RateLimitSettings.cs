using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.RateLimits;

/// <summary>The limits that hold for an organization: the configured ones, or its own.</summary>
public sealed partial class RateLimitSettings(
    RateLimitStore store, IOptions<RateLimitOptions> options, TimeProvider clock, ILogger<RateLimitSettings> logger)
{
    // A changed limit holds after this time.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private const int Capacity = 100_000;

    private readonly ExpiringCache<OrganizationId, List<RateLimitOverride>> _overrides = new(clock, Lifetime, Capacity);

    internal async ValueTask<RateLimitPair> FindAsync(OrganizationId organization, RatePolicy policy, CancellationToken cancellationToken)
    {
        var own = (await _overrides.GetAsync(organization, LoadAsync, cancellationToken)).Find(limit => limit.Policy == policy);
        var (perSecond, perKey) = Configured(policy);
        return new RateLimitPair(
            RateLimit.Of(own?.PerSecond ?? perSecond, options.Value.Burst), RateLimit.Of(own?.PerSecondPerKey ?? perKey, options.Value.Burst));
    }

    private async Task<List<RateLimitOverride>> LoadAsync(OrganizationId organization, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync(organization, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            // Remembered too: requests must not wait for a database that is away only to learn their limits.
            Log.LimitsNotRead(logger, error.Message);
            return [];
        }
    }

    private (int PerSecond, int PerKey) Configured(RatePolicy policy) => policy switch
    {
        RatePolicy.Send => (options.Value.SendPerSecond, options.Value.SendPerSecondPerKey),
        RatePolicy.Read => (options.Value.ReadPerSecond, options.Value.ReadPerSecondPerKey),
        RatePolicy.Write => (options.Value.WritePerSecond, options.Value.WritePerSecondPerKey),
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The limits of an organization could not be read, the configured ones hold: {Reason}")]
        public static partial void LimitsNotRead(ILogger logger, string reason);
    }
}
