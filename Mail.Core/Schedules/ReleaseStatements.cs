using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Protocol.Addresses;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Schedules;

/// <summary>A scheduled message whose moment has come, locked.</summary>
/// <param name="IsCalledOff">Its recipients were canceled meanwhile.</param>
/// <param name="IsLate">A sending limit has held it back for longer than it may.</param>
internal sealed record DueMessage(ScheduledMessageId Schedule, PendingAccept Pending, bool IsCalledOff, bool IsLate);

/// <summary>How a schedule ended.</summary>
/// <param name="Code">Why it failed; null when it did not.</param>
internal sealed record EndedSchedule(DueMessage Due, string Outcome, string? Code = null, string? Error = null);

internal static class ReleaseStatements
{
    /// <summary>Locks up to <paramref name="count"/> messages that are due and that nobody else is releasing. Across organizations.</summary>
    public static async Task<List<DueMessage>> LockDueAsync(
        NpgsqlConnection connection, int count, TimeSpan patience, CancellationToken cancellationToken) => await connection.QueryAsync(
        """
        select s.organization_id, s.id, s.message_id, s.priority, s.expires_in, s.send_at <= now() - $2, m.status <> 'scheduled', m.mode,
               m.api_key_id, m.domain_id, m.from_address, m.traceparent,
               array(select r.kind || ' ' || r.address from message_recipients r
                     where r.message_id = m.id and r.organization_id = m.organization_id order by r.ordinal),
               m.track_opens, m.track_clicks, m.unsubscribe,
               exists (select from message_contents k where k.organization_id = m.organization_id and k.message_id = m.id and k.html is not null)
        from scheduled_messages s
        join messages m on m.organization_id = s.organization_id and m.id = s.message_id
        where s.settled_at is null and s.due_at <= now()
        order by s.due_at limit $1
        for update of s skip locked for no key update of m
        """,
        Map, cancellationToken, count, patience);

    /// <summary>How long until the next one is due; null when nothing is scheduled.</summary>
    public static async Task<TimeSpan?> UntilNextAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var next = await connection.QueryAsync(
            "select due_at - now() from scheduled_messages where settled_at is null order by due_at limit 1",
            row => row.GetFieldValue<TimeSpan>(0), cancellationToken);
        return next.Count == 0 ? null : next[0];
    }

    public static IEnumerable<NpgsqlBatchCommand> Release(List<PendingAccept> messages, TimeSpan retryFor, TimeProvider clock) =>
        messages.Count == 0 ? [] : [Recipients(messages), Messages(messages), .. AcceptStatements.ForRelease(messages, retryFor, clock)];

    public static IEnumerable<NpgsqlBatchCommand> Fail(List<EndedSchedule> failed) => failed.Count == 0 ? [] :
    [
        Batched.Command(
            """
            update message_recipients r set status = 'failed', settled_at = now(), reply = item.error
            from unnest($1::uuid[], $2::uuid[], $3::text[]) as item (organization_id, message_id, error)
            where r.message_id = item.message_id and r.organization_id = item.organization_id and r.settled_at is null
            """,
            Batched.Uuids(failed, end => end.Due.Pending.Caller.Organization.Value),
            Batched.Uuids(failed, end => end.Due.Pending.Id.Value),
            Batched.Texts(failed, end => end.Error)),
        Batched.Command(
            """
            update messages m set status = 'failed', settled_at = now()
            from unnest($1::uuid[], $2::uuid[]) as item (organization_id, id)
            where m.organization_id = item.organization_id and m.id = item.id
            """,
            Batched.Uuids(failed, end => end.Due.Pending.Caller.Organization.Value),
            Batched.Uuids(failed, end => end.Due.Pending.Id.Value)),
        EventStatements.Append([.. failed.SelectMany(end => end.Due.Pending.Message.Recipients.Select(recipient => NewEvent.OfMessage(
            end.Due.Pending.Caller.Organization, EventTypes.MessageFailed, end.Due.Pending.Id,
            ContentJson.WriteReason(recipient.Mailbox.Address.Address, end.Code!))))]),
    ];

    public static NpgsqlBatchCommand End(List<EndedSchedule> ended) => Batched.Command(
        """
        update scheduled_messages s set settled_at = now(), outcome = item.outcome, code = item.code, error = item.error
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) as item (organization_id, id, outcome, code, error)
        where s.organization_id = item.organization_id and s.id = item.id
        """,
        Batched.Uuids(ended, end => end.Due.Pending.Caller.Organization.Value),
        Batched.Uuids(ended, end => end.Due.Schedule.Value),
        Batched.Texts(ended, end => end.Outcome),
        Batched.Texts(ended, end => end.Code),
        Batched.Texts(ended, end => end.Error));

    public static NpgsqlBatchCommand Postpone(List<(DueMessage Due, TimeSpan For)> postponed) => Batched.Command(
        """
        update scheduled_messages s set due_at = now() + item.wait
        from unnest($1::uuid[], $2::uuid[], $3::interval[]) as item (organization_id, id, wait)
        where s.organization_id = item.organization_id and s.id = item.id
        """,
        Batched.Uuids(postponed, item => item.Due.Pending.Caller.Organization.Value),
        Batched.Uuids(postponed, item => item.Due.Schedule.Value),
        Batched.Array(postponed, item => item.For, NpgsqlDbType.Interval));

    private static NpgsqlBatchCommand Recipients(List<PendingAccept> messages)
    {
        var rows = messages.SelectMany(pending => pending.Message.Recipients.Select((_, ordinal) => (pending, ordinal))).ToList();
        return Batched.Command(
            """
            update message_recipients r set status = item.status, settled_at = case when item.status = 'suppressed' then now() end
            from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[]) as item (organization_id, message_id, ordinal, status)
            where r.message_id = item.message_id and r.organization_id = item.organization_id and r.ordinal = item.ordinal
            """,
            Batched.Uuids(rows, row => row.pending.Caller.Organization.Value),
            Batched.Uuids(rows, row => row.pending.Id.Value),
            Batched.Array(rows, row => (short)row.ordinal, NpgsqlDbType.Smallint),
            Batched.Texts(rows, row => row.pending.StatusOf(row.ordinal).ToText()));
    }

    private static NpgsqlBatchCommand Messages(List<PendingAccept> messages) => Batched.Command(
        """
        update messages m set status = item.status, settled_at = case when item.status = 'suppressed' then now() end
        from unnest($1::uuid[], $2::uuid[], $3::text[]) as item (organization_id, id, status)
        where m.organization_id = item.organization_id and m.id = item.id
        """,
        Batched.Uuids(messages, pending => pending.Caller.Organization.Value),
        Batched.Uuids(messages, pending => pending.Id.Value),
        Batched.Texts(messages, pending => pending.Status.ToText()));

    private static DueMessage Map(NpgsqlDataReader row)
    {
        var caller = new Caller(
            new OrganizationId(row.GetGuid(0)), row.GetValueOrNull<Guid>(8) is { } key ? new ApiKeyId(key) : null,
            SendingModeText.Parse(row.GetString(7)), [], DomainRestriction: null);
        var message = new OutgoingMessage
        {
            From = new Mailbox(null, EmailAddress.Parse(row.GetString(10))),
            Recipients = [.. row.GetFieldValue<string[]>(12).Select(ReadRecipient)],
            Subject = "",
            Priority = (DeliveryPriority)row.GetInt16(3),
            ExpiresIn = row.GetValueOrNull<TimeSpan>(4),
            Tracking = new Tracking(row.GetBoolean(13), row.GetBoolean(14)),
            Unsubscribe = row.GetBoolean(15),
            // The body is stored; that there is one decides whether each recipient gets a mail of their own.
            Html = row.GetBoolean(16) ? "" : null,
        };
        var pending = new PendingAccept(
            caller, new MessageId(row.GetGuid(2)), new DomainId(row.GetGuid(9)), message, [], row.GetStringOrNull(11));
        return new DueMessage(new ScheduledMessageId(row.GetGuid(1)), pending, row.GetBoolean(6), row.GetBoolean(5));
    }

    private static OutgoingRecipient ReadRecipient(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return new OutgoingRecipient(RecipientKindText.Parse(text[..space]), new Mailbox(null, EmailAddress.Parse(text[(space + 1)..])));
    }
}
