using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>Holds, as operators place them and workers find them. They belong to the installation, not to an organization.</summary>
public sealed class HoldStore(NpgsqlDataSource database)
{
    private const double Throttled = 0.1;
    private const int MaxReason = 1000;
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromMinutes(10);

    /// <summary>All that are in force, with what reputation does to organizations.</summary>
    public Task<List<DeliveryHold>> ListAsync(CancellationToken cancellationToken) => ListAsync(TimeSpan.Zero, cancellationToken);

    /// <summary>The same with automatic ones that were over not longer ago than that: what they held back still recovers.</summary>
    public async Task<List<DeliveryHold>> ListAsync(TimeSpan recovering, CancellationToken cancellationToken)
    {
        var placed = await database.QueryAsync(
            """
            select scope, name, origin, reason, until, created_at, factor from delivery_holds
            where until is null or until > now() or (origin = 'automatic' and until > now() - $1::interval) order by scope, name, origin
            """,
            row => new DeliveryHold(
                HoldScopeText.TryParse(row.GetString(0))!.Value, row.GetString(1), row.GetString(2) == "automatic", row.GetString(3),
                row.GetValueOrNull<DateTimeOffset>(4))
            {
                CreatedAt = row.GetFieldValue<DateTimeOffset>(5), Factor = row.GetValueOrNull<float>(6),
            },
            cancellationToken, recovering);
        return [.. placed, .. await OfReputationAsync(cancellationToken)];
    }

    /// <summary>The database's time, by which holds end.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync("select clock_timestamp()", row => row.GetFieldValue<DateTimeOffset>(0), cancellationToken))[0];

    // Nothing that could get out of step: what reputation says of an organization is its hold.
    private Task<List<DeliveryHold>> OfReputationAsync(CancellationToken cancellationToken) => database.QueryAsync(
        """
        select organization_id, status, updated_at from reputation
        where status in ('throttled', 'disabled') and domain_id = '00000000-0000-0000-0000-000000000000' order by organization_id
        """,
        row => row.GetString(1) == "disabled"
            ? new DeliveryHold(HoldScope.Organization, new OrganizationId(row.GetGuid(0)).ToString(), true,
                "sending is paused because of its reputation, until a review", null) { CreatedAt = row.GetFieldValue<DateTimeOffset>(2) }
            : new DeliveryHold(HoldScope.Organization, new OrganizationId(row.GetGuid(0)).ToString(), true,
                "sending is slowed down because of its reputation", null)
            {
                CreatedAt = row.GetFieldValue<DateTimeOffset>(2), Factor = Throttled,
            },
        cancellationToken);

    /// <summary>
    /// Places holds; one that is there already is replaced by an operator's word. Of automatic ones a suspension counts for more
    /// than a slow-down, the slower and the longer for more than the quicker and shorter.
    /// </summary>
    public Task PlaceAsync(IReadOnlyCollection<NewHold> holds, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        insert into delivery_holds as held (scope, name, origin, reason, until, factor)
        select distinct on (scope, name, origin) scope, name, origin, reason, now() + lasts, factor
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::interval[], $6::real[]) as item (scope, name, origin, reason, lasts, factor)
        order by scope, name, origin, factor nulls first, lasts desc nulls first
        on conflict (scope, name, origin) do update
            set reason = excluded.reason, created_at = now(),
                until = case when held.origin = 'operator' or held.factor is null or excluded.factor is null then excluded.until
                             else greatest(held.until, excluded.until) end,
                factor = case when held.origin = 'operator' or held.until <= now() then excluded.factor
                              when held.factor is null or excluded.factor is null then null
                              else least(held.factor, excluded.factor) end
            where held.origin = 'operator' or held.until <= now()
               or case when held.factor is null then excluded.factor is null and held.until < excluded.until
                       else excluded.factor is null or excluded.factor < held.factor or held.until < excluded.until end
        """,
        cancellationToken, holds.Select(hold => hold.Scope.ToText()).ToArray(), holds.Select(hold => hold.Name).ToArray(),
        holds.Select(hold => hold.IsAutomatic ? "automatic" : "operator").ToArray(), holds.Select(hold => Cut(hold.Reason)).ToArray(),
        holds.Select(hold => hold.For).ToArray(), holds.Select(hold => (float?)hold.Factor).ToArray());

    /// <summary>Ends all holds on it. False when there was none.</summary>
    public async Task<bool> LiftAsync(HoldScope scope, string name, CancellationToken cancellationToken) => await database.ExecuteAsync(
        "delete from delivery_holds where scope = $1 and name = $2", cancellationToken, scope.ToText(), name) > 0;

    /// <summary>Forgets those that are over.</summary>
    public Task<int> DeleteExpiredAsync(CancellationToken cancellationToken) => database.ExecuteAsync(
        "delete from delivery_holds where until < now() - $1::interval", cancellationToken, LongestRecovery);

    // What a server says may be as long as a reason, and stands behind its code.
    private static string Cut(string reason) => reason.Length <= MaxReason ? reason : reason[..MaxReason];
}
