using Mail.Core.Messages;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Schedules;

internal static class ScheduleStatements
{
    public static NpgsqlBatchCommand Schedule(IReadOnlyList<CompanionRow> companions)
    {
        var rows = companions.Select(row => (row.Organization, row.Message, Schedule: (ScheduleCompanion)row.Companion)).ToList();
        return Batched.Command(
            """
            insert into scheduled_messages (organization_id, id, message_id, send_at, due_at, priority, expires_in)
            select organization_id, id, message_id, send_at, send_at, priority, expires_in
            from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::smallint[], $6::interval[])
                as item (organization_id, id, message_id, send_at, priority, expires_in)
            """,
            Batched.Uuids(rows, row => row.Organization.Value),
            Batched.Uuids(rows, row => row.Schedule.Id.Value),
            Batched.Uuids(rows, row => row.Message.Value),
            Batched.Array(rows, row => row.Schedule.SendAt.ToUniversalTime(), NpgsqlDbType.TimestampTz),
            Batched.Array(rows, row => (short)row.Schedule.Priority, NpgsqlDbType.Smallint),
            Batched.Array(rows, row => row.Schedule.ExpiresIn, NpgsqlDbType.Interval));
    }
}
