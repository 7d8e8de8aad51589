using Npgsql;

namespace Mail.Core.Persistence;

/// <summary>
/// Deletes what was counted and told so long ago that nobody asks for it any more; each call up to <c>count</c> rows, and
/// returns how many. Works across organizations; rows that somebody holds just now are left for the next time.
/// </summary>
public sealed class RetentionStore(NpgsqlDataSource database)
{
    public Task<int> DeleteAnalyticsAsync(TimeSpan olderThan, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from analytics where ctid = any(array(
            select old.ctid from organizations o cross join lateral (
                select a.ctid from analytics a where a.organization_id = o.id and a.period < now() - $1
                order by a.period limit $2 for update skip locked
            ) old limit $2
        ))
        """,
        cancellationToken, olderThan, count);

    public Task<int> DeleteSendingHoursAsync(TimeSpan olderThan, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from sending_hours where ctid = any(array(
            select ctid from sending_hours where hour < now() - $1 order by hour limit $2 for update skip locked
        ))
        """,
        cancellationToken, olderThan, count);

    // Their ids are in the order of time, so the oldest of an organization come first in its index.
    public Task<int> DeleteReputationEventsAsync(TimeSpan olderThan, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from reputation_events where ctid = any(array(
            select old.ctid from organizations o cross join lateral (
                select e.ctid, e.created_at from reputation_events e where e.organization_id = o.id
                order by e.id limit $2 for update skip locked
            ) old where old.created_at < now() - $1 limit $2
        ))
        """,
        cancellationToken, olderThan, count);

    /// <summary>What is kept beside the partitions of history; see <see cref="MaintenanceStore.DropHistoryAsync"/>.</summary>
    public static IReadOnlyList<string> Records { get; } = ["bounces", "complaints", "otp_challenges", "batches", "scheduled_messages"];

    /// <param name="table">One of <see cref="Records"/>.</param>
    // Their ids are in the order of time, as with reputation events.
    public Task<int> DeleteRecordsAsync(string table, TimeSpan olderThan, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"""
        delete from {table} where ctid = any(array(
            select old.ctid from organizations o cross join lateral (
                select r.ctid from {table} r where r.organization_id = o.id and r.id < uuid_at(now() - $1)
                {(table == "scheduled_messages" ? "and r.settled_at is not null" : "")}
                order by r.id limit $2 for update skip locked
            ) old limit $2
        ))
        """,
        cancellationToken, olderThan, count);

    /// <summary>By the month that they are about, which is over then.</summary>
    public Task<int> DeleteUsageNoticesAsync(TimeSpan olderThan, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from usage_notices where ctid = any(array(
            select old.ctid from organizations o cross join lateral (
                select n.ctid from usage_notices n
                where n.organization_id = o.id and n.period < to_char((now() - $1) at time zone 'UTC', 'YYYY-MM')
                order by n.period limit $2 for update skip locked
            ) old limit $2
        ))
        """,
        cancellationToken, olderThan, count);
}
