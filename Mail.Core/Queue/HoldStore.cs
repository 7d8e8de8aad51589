using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>Holds, as operators place them and workers find them. They belong to the installation, not to an organization.</summary>
public sealed class HoldStore(NpgsqlDataSource database)
{
    /// <summary>All that are in force.</summary>
    public Task<List<DeliveryHold>> ListAsync(CancellationToken cancellationToken) => database.QueryAsync(
        """
        select scope, name, origin, reason, until, created_at from delivery_holds
        where until is null or until > now() order by scope, name, origin
        """,
        row => new DeliveryHold(
            HoldScopeText.TryParse(row.GetString(0))!.Value, row.GetString(1), row.GetString(2) == "automatic", row.GetString(3),
            row.GetValueOrNull<DateTimeOffset>(4)) { CreatedAt = row.GetFieldValue<DateTimeOffset>(5) },
        cancellationToken);

    /// <summary>Places holds; one that is there already is replaced, an automatic one only by one that lasts longer.</summary>
    public Task PlaceAsync(IReadOnlyCollection<(HoldScope Scope, string Name, bool IsAutomatic, string Reason, TimeSpan? For)> holds,
        CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        insert into delivery_holds as held (scope, name, origin, reason, until)
        select distinct on (scope, name, origin) scope, name, origin, reason, now() + lasts
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::interval[]) as item (scope, name, origin, reason, lasts)
        order by scope, name, origin, lasts desc nulls first
        on conflict (scope, name, origin) do update
            set reason = excluded.reason, until = excluded.until, created_at = now()
            where held.origin = 'operator' or held.until < excluded.until
        """,
        cancellationToken, holds.Select(hold => hold.Scope.ToText()).ToArray(), holds.Select(hold => hold.Name).ToArray(),
        holds.Select(hold => hold.IsAutomatic ? "automatic" : "operator").ToArray(), holds.Select(hold => hold.Reason).ToArray(),
        holds.Select(hold => hold.For).ToArray());

    /// <summary>Ends all holds on it. False when there was none.</summary>
    public async Task<bool> LiftAsync(HoldScope scope, string name, CancellationToken cancellationToken) => await database.ExecuteAsync(
        "delete from delivery_holds where scope = $1 and name = $2", cancellationToken, scope.ToText(), name) > 0;

    /// <summary>Forgets those that are over.</summary>
    public Task<int> DeleteExpiredAsync(CancellationToken cancellationToken) => database.ExecuteAsync(
        "delete from delivery_holds where until < now()", cancellationToken);
}
