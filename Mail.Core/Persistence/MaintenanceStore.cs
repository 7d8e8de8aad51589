using Npgsql;

namespace Mail.Core.Persistence;

/// <summary>What the database needs done from time to time, whoever does it and however often.</summary>
public sealed class MaintenanceStore(NpgsqlDataSource database)
{
    // Messages first: what belongs to one that is gone is shown to nobody.
    private static readonly string[] _history =
    [
        "messages", "message_contents", "message_recipients", "message_engagement", "delivery_attempts", "events", "webhook_deliveries",
        "webhook_attempts",
    ];

    /// <summary>Makes the partitions of the coming months.</summary>
    public Task EnsurePartitionsAsync(int monthsAhead, CancellationToken cancellationToken) =>
        database.ExecuteAsync("select ensure_month_partitions($1)", cancellationToken, monthsAhead);

    /// <summary>Drops the partitions of the SMTP conversations that are all older than that.</summary>
    public Task DropConversationsAsync(TimeSpan olderThan, CancellationToken cancellationToken) =>
        database.ExecuteAsync("select drop_month_partitions('delivery_logs', now() - $1)", cancellationToken, olderThan);

    /// <summary>Drops the months of history that are all older than that, and older than everything that is still under way.</summary>
    public async Task DropHistoryAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        // A message may have been scheduled for longer than history is kept.
        var before = await database.QueryAsync(
            """
            select least(now() - $1, min(uuid_extract_timestamp(message_id)))
            from (select message_id from delivery_queue union all select message_id from scheduled_messages where settled_at is null) undone
            """,
            row => row.GetFieldValue<DateTimeOffset>(0), cancellationToken, olderThan);
        foreach (var table in _history)
            await database.ExecuteAsync("select drop_month_partitions($1, $2)", cancellationToken, table, before[0]);
    }

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
