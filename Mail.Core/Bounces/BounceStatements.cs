using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Queue;
using Mail.Core.Suppressions;
using Mail.Protocol.Bounces;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Bounces;

/// <summary>
/// What follows from delivery attempts besides the state of their recipients: bounces, and the counts that reputation is
/// made of. Mail of test keys and to the sandbox counts nowhere.
/// </summary>
internal static class BounceStatements
{
    public static IEnumerable<NpgsqlBatchCommand> For(List<RecordStatements.Row> rows)
    {
        var bounced = rows.FindAll(row => row.Result.Outcome == DeliveryOutcome.Bounced);
        if (bounced.Count > 0)
            yield return Bounces(bounced);
        var live = rows.FindAll(row => row.Record.IsTelling);
        var delivered = live.FindAll(row => row.Result.Outcome == DeliveryOutcome.Delivered);
        if (delivered.Count > 0)
            yield return ForgetSoftBounces(delivered);
        var counts = Counts(live);
        if (counts.Count > 0)
            yield return Hours(counts);
    }

    /// <summary>Adds to the counts of this hour.</summary>
    public static NpgsqlBatchCommand Hours(List<SendingCount> counts) => Batched.Command(
        """
        insert into sending_hours as h (organization_id, hour, domain_id, slot, sent, hard_bounced, complained)
        select organization_id, date_trunc('hour', now(), 'UTC'), domain_id, pg_backend_pid() % 16, sent, hard_bounced, complained
        from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])
            as item (organization_id, domain_id, sent, hard_bounced, complained)
        order by organization_id, domain_id
        on conflict (organization_id, hour, domain_id, slot) do update
            set sent = h.sent + excluded.sent, hard_bounced = h.hard_bounced + excluded.hard_bounced,
                complained = h.complained + excluded.complained
        """,
        Batched.Uuids(counts, count => count.Organization.Value),
        Batched.Uuids(counts, count => count.Domain.Value),
        Batched.Array(counts, count => count.Sent, NpgsqlDbType.Bigint),
        Batched.Array(counts, count => count.HardBounced, NpgsqlDbType.Bigint),
        Batched.Array(counts, count => count.Complained, NpgsqlDbType.Bigint));

    private static NpgsqlBatchCommand Bounces(List<RecordStatements.Row> rows) => Batched.Command(
        """
        insert into bounces (organization_id, id, message_id, recipient, address, type, source, cause, smtp_code, enhanced_code, text)
        select organization_id, uuidv7(), message_id, recipient, address, type, 'smtp_log', cause, smtp_code, enhanced_code, text
        from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::text[], $9::text[])
            as item (organization_id, message_id, recipient, address, type, cause, smtp_code, enhanced_code, text)
        order by organization_id, message_id, recipient
        on conflict (organization_id, message_id, recipient) do nothing
        """,
        Batched.Uuids(rows, row => row.Record.Organization.Value),
        Batched.Uuids(rows, row => row.Record.Message.Value),
        Batched.Array(rows, row => row.Result.Ordinal, NpgsqlDbType.Smallint),
        Batched.Texts(rows, row => row.Result.Address),
        Batched.Texts(rows, row => row.Result.Effect.ToType()),
        Batched.Texts(rows, row => row.Result.Cause),
        Batched.Array(rows, row => (short?)row.Result.SmtpCode, NpgsqlDbType.Smallint),
        Batched.Texts(rows, row => row.Result.EnhancedCode),
        Batched.Texts(rows, row => row.Result.Reply));

    // A mail that arrived ends the row of soft bounces before it.
    private static NpgsqlBatchCommand ForgetSoftBounces(List<RecordStatements.Row> rows) => Batched.Command(
        """
        delete from soft_bounces s
        using (
            select b.organization_id, b.address_key
            from unnest($1::uuid[], $2::text[]) as item (organization_id, address_key)
            join soft_bounces b using (organization_id, address_key)
            order by b.organization_id, b.address_key for update of b
        ) arrived
        where s.organization_id = arrived.organization_id and s.address_key = arrived.address_key
        """,
        Batched.Uuids(rows, row => row.Record.Organization.Value),
        Batched.Texts(rows, row => AddressKey.OfStored(row.Result.Address)));

    private static List<SendingCount> Counts(List<RecordStatements.Row> rows) =>
    [
        .. rows.Where(row => row.Result.Outcome is DeliveryOutcome.Delivered or DeliveryOutcome.Bounced)
            .GroupBy(row => (row.Record.Organization, row.Record.SenderDomain))
            .Select(group => new SendingCount(
                group.Key.Organization, group.Key.SenderDomain, group.Count(), group.Count(IsHardBounce), 0)),
    ];

    private static bool IsHardBounce(RecordStatements.Row row) =>
        row.Result is { Outcome: DeliveryOutcome.Bounced, Effect: BounceEffect.Hard };
}

/// <param name="Sent">Recipients whose server gave an answer for good.</param>
internal sealed record SendingCount(OrganizationId Organization, DomainId Domain, long Sent, long HardBounced, long Complained);
