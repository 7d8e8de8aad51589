using System.Net;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>An address that mail leaves from.</summary>
/// <param name="Pool">Mail is sent from the sources of one pool; <see cref="DefaultPool"/> where no route says otherwise.</param>
/// <param name="Address">Null lets the system choose.</param>
/// <param name="EhloName">What it calls itself; its address should resolve to this name and back.</param>
/// <param name="Weight">Its share of the pool's mail.</param>
/// <param name="WarmupDay">1 on the first day of its warm-up; null when it is warm.</param>
public sealed record DeliverySource(string Name, string Pool, IPAddress? Address, string EhloName, int Weight, int? WarmupDay)
{
    public const string DefaultPool = "default";
}

/// <summary>The sources of this installation, and what those that are being warmed up may still send today.</summary>
public sealed class SourceStore(NpgsqlDataSource database)
{
    public Task<List<DeliverySource>> ListAsync(CancellationToken cancellationToken) => database.QueryAsync(
        """
        select name, pool, address, ehlo_name, weight, (now() at time zone 'UTC')::date - warmup_from + 1
        from delivery_sources where warmup_from is null or warmup_from <= (now() at time zone 'UTC')::date
        order by pool, name
        """,
        row => new DeliverySource(
            row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetFieldValue<IPAddress>(2), row.GetString(3), row.GetInt32(4),
            row.GetValueOrNull<int>(5)),
        cancellationToken);

    /// <param name="source">Its <see cref="DeliverySource.WarmupDay"/> set begins the warm-up today, on that day of the schedule.</param>
    public Task SaveAsync(DeliverySource source, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        insert into delivery_sources (name, pool, address, ehlo_name, weight, warmup_from)
        values ($1, $2, $3::inet, $4, $5, (now() at time zone 'UTC')::date + 1 - $6::integer)
        on conflict (name) do update
            set pool = excluded.pool, address = excluded.address, ehlo_name = excluded.ehlo_name, weight = excluded.weight,
                warmup_from = excluded.warmup_from
        """,
        cancellationToken, source.Name, source.Pool, source.Address, source.EhloName, source.Weight, source.WarmupDay);

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        await database.ExecuteAsync("delete from delivery_sources where name = $1", cancellationToken, name) > 0;

    /// <summary>Takes up to <paramref name="wanted"/> of what the source may send to the provider today. Returns how many; 0 when it is used up.</summary>
    public async Task<int> ReserveAsync(string source, string provider, int cap, int wanted, CancellationToken cancellationToken)
    {
        var granted = await database.QueryAsync(
            """
            insert into delivery_source_days as day (source, provider, day, used)
            values ($1, $2, (now() at time zone 'UTC')::date, least($3::integer, $4::integer))
            on conflict (source, provider, day) do update set used = least(day.used + $4, $3) where day.used < $3
            returning new.used - coalesce(old.used, 0)
            """,
            row => row.GetInt32(0), cancellationToken, source, provider, cap, wanted);
        return granted.SingleOrDefault();
    }

    /// <summary>What was used by day, provider and source, newest first.</summary>
    public Task<List<(string Source, string Provider, DateOnly Day, int Used)>> UsedAsync(CancellationToken cancellationToken) => database.QueryAsync(
        "select source, provider, day, used from delivery_source_days where day > (now() at time zone 'UTC')::date - 7 order by day desc, source, provider",
        row => (row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetInt32(3)), cancellationToken);

    public Task<int> DeleteOldDaysAsync(CancellationToken cancellationToken) => database.ExecuteAsync(
        "delete from delivery_source_days where day < (now() at time zone 'UTC')::date - 90", cancellationToken);
}
