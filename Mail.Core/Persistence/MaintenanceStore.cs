using Npgsql;

namespace Mail.Core.Persistence;

/// <summary>What the database needs done from time to time, whoever does it and however often.</summary>
public sealed class MaintenanceStore(NpgsqlDataSource database)
{
    /// <summary>Makes the partitions of the coming months.</summary>
    public Task EnsurePartitionsAsync(int monthsAhead, CancellationToken cancellationToken) =>
        database.ExecuteAsync("select ensure_month_partitions($1)", cancellationToken, monthsAhead);

    /// <summary>Drops the partitions of the SMTP conversations that are all older than that.</summary>
    public Task DropConversationsAsync(TimeSpan olderThan, CancellationToken cancellationToken) =>
        database.ExecuteAsync("select drop_month_partitions('delivery_logs', now() - $1)", cancellationToken, olderThan);

    /// <summary>Deletes up to <paramref name="count"/> idempotency keys that are out of date. Returns how many.</summary>
    public Task<int> DeleteExpiredIdempotencyKeysAsync(int count, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            delete from idempotency_keys k
            using (
                select organization_id, operation, key from idempotency_keys
                where expires_at < now() order by expires_at limit $1 for update skip locked
            ) expired
            where k.organization_id = expired.organization_id and k.operation = expired.operation and k.key = expired.key
            """,
            cancellationToken, count);

    /// <summary>
    /// Vacuums the queues that have many dead rows. Their rows live for seconds, and whoever looks for work steps over each that
    /// is not removed yet: autovacuum, which by default comes once a minute, is too late for that.
    /// </summary>
    // The more is waiting, the more a vacuum costs, and the less often it is worth it.
    public async Task VacuumQueuesAsync(CancellationToken cancellationToken)
    {
        var tables = await database.QueryAsync(
            """
            select relname from pg_stat_user_tables
            where relid in ('delivery_queue'::regclass, 'webhook_queue'::regclass) and n_dead_tup > 2000 + n_live_tup / 20
            """,
            row => row.GetString(0), cancellationToken);
        foreach (var table in tables)
            await database.ExecuteAsync($"vacuum (skip_locked, truncate false, index_cleanup on, parallel 0) {table}", cancellationToken);
    }
}
