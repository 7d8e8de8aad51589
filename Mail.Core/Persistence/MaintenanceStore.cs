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
}
