using Mail.Core.Analytics;
using Mail.Core.Bounces;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Queue;

/// <summary>The statements of <see cref="QueueStore.RecordAsync"/>: one per table, a whole batch in arrays.</summary>
internal static class RecordStatements
{
    public static IEnumerable<NpgsqlBatchCommand> For(List<DeliveryRecord> records)
    {
        var rows = records.SelectMany(record => record.Results.Select(result => new Row(record, result))).ToList();
        return
        [
            LockShared(records), Attempts(rows), Recipients(rows), Messages(records), Events(rows), Conversations(records),
            .. BounceStatements.For(rows),
            AnalyticsStatements.Count(DeliveryFacts.Of(rows)),
        ];
    }

    // Two workers may settle the last recipients of one message at the same moment. The lock lets the second one's
    // later statements see what the first has committed; in order of id, so that neither waits for the other.
    private static NpgsqlBatchCommand LockShared(List<DeliveryRecord> records)
    {
        var shared = records.Where(record => StatusOf(record) is null).ToList();
        return Batched.Command(
            """
            select from messages m
            join unnest($1::uuid[], $2::uuid[]) as item (organization_id, id)
                on m.organization_id = item.organization_id and m.id = item.id
            order by m.id for no key update of m
            """,
            Batched.Uuids(shared, record => record.Organization.Value),
            Batched.Uuids(shared, record => record.Message.Value));
    }

    private static NpgsqlBatchCommand Attempts(List<Row> rows) => Batched.Command(
        """
        insert into delivery_attempts (organization_id, id, message_id, recipient, number, outcome, stage, cause, started_at,
                                       ended_at, mx_host, mx_address, tls_version, tls_cipher, smtp_code, enhanced_code,
                                       reply, next_attempt_at, worker, tls_policy, tls_verification, tls_problem)
        -- The month that an attempt is kept in is the database's: a worker whose clock is wrong could not record, and would repeat.
        select organization_id, uuidv7(), message_id, recipient, number, outcome, stage, cause, started_at, ended_at, mx_host,
               mx_address, tls_version, tls_cipher, smtp_code, enhanced_code, reply, now() + retry_in, worker,
               tls_policy, tls_verification, tls_problem
        from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::integer[], $5::text[], $6::text[], $7::text[],
                    $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[],
                    $14::smallint[], $15::text[], $16::text[], $17::interval[], $18::text[],
                    $19::text[], $20::text[], $21::text[])
            as item (organization_id, message_id, recipient, number, outcome, stage, cause, started_at, ended_at,
                     mx_host, mx_address, tls_version, tls_cipher, smtp_code, enhanced_code, reply, retry_in, worker,
                     tls_policy, tls_verification, tls_problem)
        """,
        Batched.Uuids(rows, row => row.Record.Organization.Value),
        Batched.Uuids(rows, row => row.Record.Message.Value),
        Batched.Array(rows, row => row.Result.Ordinal, NpgsqlDbType.Smallint),
        Batched.Array(rows, row => row.Record.AttemptNumber, NpgsqlDbType.Integer),
        Batched.Texts(rows, row => row.Result.Outcome.ToText()),
        Batched.Texts(rows, row => row.Result.Stage),
        Batched.Texts(rows, row => row.Result.Cause),
        Batched.Array(rows, row => row.Record.StartedAt, NpgsqlDbType.TimestampTz),
        Batched.Array(rows, row => row.Record.EndedAt, NpgsqlDbType.TimestampTz),
        Batched.Texts(rows, row => row.Result.MxHost),
        Batched.Texts(rows, row => row.Result.MxAddress),
        Batched.Texts(rows, row => row.Result.TlsVersion),
        Batched.Texts(rows, row => row.Result.TlsCipher),
        Batched.Array(rows, row => (short?)row.Result.SmtpCode, NpgsqlDbType.Smallint),
        Batched.Texts(rows, row => row.Result.EnhancedCode),
        Batched.Texts(rows, row => row.Result.Reply),
        Batched.Array(rows, row => row.RetryIn, NpgsqlDbType.Interval),
        Batched.Texts(rows, row => row.Record.Worker),
        Batched.Texts(rows, row => row.Result.TlsPolicy),
        Batched.Texts(rows, row => row.Result.TlsVerification),
        Batched.Texts(rows, row => row.Result.TlsProblem));

    // Only open recipients move: what is settled stays settled, whatever arrives late.
    private static NpgsqlBatchCommand Recipients(List<Row> rows) => Batched.Command(
        """
        update message_recipients r
        set status = item.status, attempts = r.attempts + 1, next_attempt_at = now() + item.retry_in,
            settled_at = case when item.retry_in is null then now() end,
            smtp_code = item.smtp_code, enhanced_code = item.enhanced_code, reply = item.reply
        from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::interval[], $6::smallint[], $7::text[], $8::text[])
            as item (organization_id, message_id, ordinal, status, retry_in, smtp_code, enhanced_code, reply)
        where r.message_id = item.message_id and r.organization_id = item.organization_id and r.ordinal = item.ordinal
          and r.settled_at is null
        """,
        Batched.Uuids(rows, row => row.Record.Organization.Value),
        Batched.Uuids(rows, row => row.Record.Message.Value),
        Batched.Array(rows, row => row.Result.Ordinal, NpgsqlDbType.Smallint),
        Batched.Texts(rows, row => row.Result.Status.ToText()),
        Batched.Array(rows, row => row.RetryIn, NpgsqlDbType.Interval),
        Batched.Array(rows, row => (short?)row.Result.SmtpCode, NpgsqlDbType.Smallint),
        Batched.Texts(rows, row => row.Result.EnhancedCode),
        Batched.Texts(rows, row => row.Result.Reply));

    // The status of a message whose recipients were all in the attempt follows from the results; others are read again.
    private static NpgsqlBatchCommand Messages(List<DeliveryRecord> records)
    {
        var messages = records.DistinctBy(record => record.Message).ToList();
        return Batched.Command(
            """
            update messages m
            set status = item.status,
                settled_at = case when item.status not in ('scheduled', 'queued', 'deferred') then now() end
            from (
                select organization_id, id, coalesce(status, message_status(organization_id, id)) as status
                from unnest($1::uuid[], $2::uuid[], $3::text[]) as known (organization_id, id, status)
                offset 0
            ) item
            where m.organization_id = item.organization_id and m.id = item.id
            """,
            Batched.Uuids(messages, record => record.Organization.Value),
            Batched.Uuids(messages, record => record.Message.Value),
            Batched.Texts(messages, StatusOf));
    }

    private static string? StatusOf(DeliveryRecord record) =>
        record is { CoversMessage: true, Results: [var only] } ? only.Status.ToText() : null;

    // One row for all recipients of a transaction. Arrays cannot hold arrays of different lengths, so their numbers travel as text.
    private static NpgsqlBatchCommand Conversations(List<DeliveryRecord> records)
    {
        var kept = records.Where(record => record.Conversation is not null).ToList();
        return Batched.Command(
            """
            insert into delivery_logs (organization_id, message_id, recipients, number, started_at, conversation)
            select organization_id, message_id, recipients::smallint[], number,
                   -- As with attempts: a wrong clock must not lead into a month that there is no partition for.
                   case when started_at between now() - interval '1 hour' and now() then started_at else now() end, conversation
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::timestamptz[], $6::text[])
                as item (organization_id, message_id, recipients, number, started_at, conversation)
            """,
            Batched.Uuids(kept, record => record.Organization.Value),
            Batched.Uuids(kept, record => record.Message.Value),
            Batched.Texts(kept, record => $"{{{string.Join(',', record.Results.Select(result => result.Ordinal))}}}"),
            Batched.Array(kept, record => record.AttemptNumber, NpgsqlDbType.Integer),
            Batched.Array(kept, record => record.StartedAt, NpgsqlDbType.TimestampTz),
            Batched.Texts(kept, record => record.Conversation));
    }

    private static NpgsqlBatchCommand Events(List<Row> rows) => EventStatements.Append([.. rows.SelectMany(DeliveryEvents.Of)]);

    internal sealed record Row(DeliveryRecord Record, RecipientResult Result)
    {
        /// <summary>Null when this recipient is settled, even where others of the item are tried again.</summary>
        public TimeSpan? RetryIn => Result.IsOpen ? Record.RetryIn : null;
    }
}
