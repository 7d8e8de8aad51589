using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Limits;

/// <summary>What an operator sets for one organization, and the review of its sending.</summary>
public sealed class LimitStore(NpgsqlDataSource database)
{
    /// <summary>Replaces the limits; null leaves one to the configuration.</summary>
    public Task SetAsync(OrganizationId organization, SendingLimits limits, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            insert into sending_limits as l (organization_id, tier, per_second, hourly, daily, warmup_started_at)
            values ($1, coalesce($2::text, 'standard'), $3::bigint, $4::bigint, $5::bigint, case when $6 then now() end)
            on conflict (organization_id) do update set tier = coalesce($2::text, l.tier), per_second = excluded.per_second, hourly = excluded.hourly,
                daily = excluded.daily, warmup_started_at = case when $6 then coalesce(l.warmup_started_at, now()) end
            """,
            cancellationToken, organization.Value, limits.Tier, limits.PerSecond, limits.Hourly, limits.Daily, limits.WarmUp);

    /// <summary>Asks for a review; false when one is pending.</summary>
    public async Task<bool> RequestReviewAsync(OrganizationId organization, string? reason, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            insert into sending_limits as l (organization_id, review_state, review_reason, review_requested_at) values ($1, 'pending', $2::text, now())
            on conflict (organization_id) do update
                set review_state = 'pending', review_reason = coalesce($2::text, l.review_reason), review_requested_at = now()
                where l.review_state <> 'pending' or (l.review_reason is distinct from $2::text and $2::text is not null)
            """,
            cancellationToken, organization.Value, reason) == 1;

    /// <summary>Ends a review; an approved one lets the organization begin anew. False when there is none.</summary>
    public async Task<bool> DecideReviewAsync(OrganizationId organization, bool approved, string? reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var decide = new NpgsqlCommand(
            """
            update sending_limits
            set review_state = case when $2 then 'approved' else 'rejected' end, review_reason = $3::text,
                reputation_since = case when $2 then now() else reputation_since end
            where organization_id = $1 and review_state <> 'none'
            """, connection).With(organization.Value, approved, reason);
        if (await decide.ExecuteNonQueryAsync(cancellationToken) == 0)
            return false;
        if (approved)
        {
            await using var forgive = new NpgsqlCommand("delete from reputation where organization_id = $1", connection).With(organization.Value);
            await forgive.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}

/// <param name="Tier">Null keeps it.</param>
/// <param name="WarmUp">Whether a warm-up runs; one that does goes on.</param>
public sealed record SendingLimits(string? Tier, long? PerSecond, long? Hourly, long? Daily, bool WarmUp);
