using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.RateLimits;

public sealed class RateLimitStore(NpgsqlDataSource database)
{
    internal Task<List<RateLimitOverride>> FindAsync(OrganizationId organization, CancellationToken cancellationToken) =>
        database.QueryAsync(
            "select policy, per_second, per_second_per_key from rate_limit_overrides where organization_id = $1",
            row => new RateLimitOverride(RatePolicyText.Parse(row.GetString(0)), row.GetValueOrNull<int>(1), row.GetValueOrNull<int>(2)),
            cancellationToken, organization.Value);

    /// <summary>Sets the limits of one organization; what is null is as configured.</summary>
    public Task SetAsync(OrganizationId organization, RateLimitOverride limit, CancellationToken cancellationToken) =>
        limit is { PerSecond: null, PerSecondPerKey: null }
            ? database.ExecuteAsync("delete from rate_limit_overrides where organization_id = $1 and policy = $2", cancellationToken,
                organization.Value, limit.Policy.ToText())
            : database.ExecuteAsync(
                """
                insert into rate_limit_overrides (organization_id, policy, per_second, per_second_per_key) values ($1, $2, $3::integer, $4::integer)
                on conflict (organization_id, policy) do update
                    set per_second = excluded.per_second, per_second_per_key = excluded.per_second_per_key
                """,
                cancellationToken, organization.Value, limit.Policy.ToText(), limit.PerSecond, limit.PerSecondPerKey);
}

/// <summary>Where an organization differs from the configured limits.</summary>
public sealed record RateLimitOverride(RatePolicy Policy, int? PerSecond, int? PerSecondPerKey);
