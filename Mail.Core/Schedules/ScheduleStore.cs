using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Schedules;

/// <summary>Reads schedules and moves them. They are called off by <see cref="CancelStore"/>, as any message is.</summary>
public sealed class ScheduleStore(NpgsqlDataSource database)
{
    private const string Columns =
        """
        s.id, s.message_id, coalesce(s.outcome, case when m.status = 'canceled' then 'canceled' else 'scheduled' end) as status, s.send_at,
        m.subject, m.from_address, s.created_at, s.settled_at, s.code, s.error
        """;

    private const string Tables =
        "scheduled_messages s join messages m on m.organization_id = s.organization_id and m.id = s.message_id";

    public Task<ScheduledMessage?> FindAsync(OrganizationId organization, ScheduledMessageId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync($"select {Columns} from {Tables} where s.organization_id = $1 and s.id = $2",
            Map, cancellationToken, organization.Value, id.Value);

    public Task<ScheduledMessage?> OfMessageAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken) =>
        database.QuerySingleAsync($"select {Columns} from {Tables} where s.organization_id = $1 and s.message_id = $2",
            Map, cancellationToken, organization.Value, message.Value);

    /// <summary>Latest made first.</summary>
    public Task<List<ScheduledMessage>> ListAsync(
        OrganizationId organization, string? status, ScheduledMessageId? before, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select * from (select {Columns} from {Tables} where s.organization_id = $1 and ($3::uuid is null or s.id < $3)) found
            where ($2::text is null or status = $2)
            order by id desc limit $4
            """,
            Map, cancellationToken, organization.Value, status, before?.Value, count);

    /// <summary>Moves a message that is still waiting to another time.</summary>
    public async Task<RescheduleOutcome> RescheduleAsync(
        OrganizationId organization, ScheduledMessageId id, DateTimeOffset sendAt, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Schedule before message: the order in which they are released.
        var waiting = await connection.QueryAsync(
            "select settled_at is null from scheduled_messages where organization_id = $1 and id = $2 for update",
            row => row.GetBoolean(0), cancellationToken, organization.Value, id.Value);
        if (waiting is not [var isWaiting])
            return RescheduleOutcome.NotFound;
        var moved = isWaiting ? await connection.QueryAsync(
            """
            with moved as (
                update messages m set send_at = $3 from scheduled_messages s
                where s.organization_id = $1 and s.id = $2 and m.organization_id = $1 and m.id = s.message_id and m.status = 'scheduled'
                returning s.id
            )
            update scheduled_messages s set send_at = $3, due_at = $3 from moved where s.organization_id = $1 and s.id = moved.id
            returning s.id
            """,
            row => row.GetGuid(0), cancellationToken, organization.Value, id.Value, sendAt.ToUniversalTime()) : [];
        await transaction.CommitAsync(cancellationToken);
        return moved.Count == 1 ? RescheduleOutcome.Moved : RescheduleOutcome.TooLate;
    }

    private static ScheduledMessage Map(NpgsqlDataReader row) => new(
        new ScheduledMessageId(row.GetGuid(0)), new MessageId(row.GetGuid(1)), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3),
        row.GetString(4), row.GetString(5), row.GetFieldValue<DateTimeOffset>(6), row.GetValueOrNull<DateTimeOffset>(7),
        row.GetStringOrNull(8), row.GetStringOrNull(9));
}
