using Mail.Core.Analytics;
using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Queue;
using Mail.Core.Suppressions;
using Mail.Core.Tls;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Messages;

/// <summary>The inserts of <see cref="AcceptStore"/>: one per table, a whole batch in arrays.</summary>
internal static class AcceptStatements
{
    public static IEnumerable<NpgsqlBatchCommand> For(List<PendingAccept> messages, TimeSpan retryFor, TimeProvider clock) =>
    [
        Messages(messages), Contents(messages), Recipients(messages), Queue(messages, retryFor, clock), Events(messages),
        .. UsageStatements.For(messages), .. Companions(messages),
        AnalyticsStatements.Count(Facts(messages)),
    ];

    private static IEnumerable<KnownFact> Facts(List<PendingAccept> messages) =>
        from pending in messages
        where !pending.IsScheduled && pending.Caller.Mode == SendingMode.Live
        let fact = new KnownFact(pending.Caller.Organization, pending.Domain, pending.Message.Template?.Template, ContentJson.Write(pending.Message.Tags),
            "", (short)Metric.Accepted, null)
        from item in pending.Message.Recipients.Select((recipient, ordinal) => (Domain: recipient.Mailbox.Address.AsciiDomain, Ordinal: ordinal))
        select fact with
        {
            RecipientDomain = item.Domain,
            Metric = (short)(pending.Suppressed.ContainsKey(item.Ordinal) ? Metric.Suppressed : Metric.Accepted),
        };

    /// <summary>What makes a stored message that was scheduled go out: queue rows, events, usage.</summary>
    public static IEnumerable<NpgsqlBatchCommand> ForRelease(List<PendingAccept> messages, TimeSpan retryFor, TimeProvider clock) =>
        [Queue(messages, retryFor, clock), Events(messages), .. UsageStatements.For(messages), AnalyticsStatements.Count(Facts(messages))];

    private static NpgsqlBatchCommand Messages(List<PendingAccept> messages) => Batched.Command(
        """
        insert into messages (organization_id, id, mode, status, api_key_id, domain_id, from_address, from_name, subject,
                              tags, metadata, traceparent, source, template_id, template_version, batch_id, send_at,
                              delivery_guarantee, track_opens, track_clicks, unsubscribe, sensitive, tls, settled_at)
        select organization_id, id, mode, status, api_key_id, domain_id, from_address, from_name, subject,
               tags::jsonb, metadata::jsonb, traceparent, source, template_id, template_version, batch_id, send_at,
               delivery_guarantee, track_opens, track_clicks, unsubscribe, sensitive, tls,
               case when status = 'suppressed' then now() end
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                    $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::integer[], $15::uuid[],
                    $16::timestamptz[], $17::text[], $18::boolean[], $19::boolean[], $20::boolean[], $21::boolean[], $22::text[], $23::text[])
            as item (organization_id, id, mode, api_key_id, domain_id, from_address, from_name, subject, tags, metadata, traceparent,
                     source, template_id, template_version, batch_id, send_at, delivery_guarantee, track_opens, track_clicks,
                     unsubscribe, sensitive, status, tls)
        """,
        Batched.Uuids(messages, pending => pending.Caller.Organization.Value),
        Batched.Uuids(messages, pending => pending.Id.Value),
        Batched.Texts(messages, pending => pending.Caller.Mode.ToText()),
        Batched.Array(messages, pending => pending.Caller.ApiKey?.Value, NpgsqlDbType.Uuid),
        Batched.Uuids(messages, pending => pending.Domain.Value),
        Batched.Texts(messages, pending => pending.Message.From.Address.Address),
        Batched.Texts(messages, pending => pending.Message.From.DisplayName),
        Batched.Texts(messages, pending => pending.Message.Subject),
        Batched.Texts(messages, pending => ContentJson.Write(pending.Message.Tags)),
        Batched.Texts(messages, pending => ContentJson.Write(pending.Message.Metadata)),
        Batched.Texts(messages, pending => pending.TraceParent),
        Batched.Texts(messages, pending => pending.Message.Source.ToText()),
        Batched.Array(messages, pending => pending.Message.Template?.Template.Value, NpgsqlDbType.Uuid),
        Batched.Array(messages, pending => pending.Message.Template?.Version, NpgsqlDbType.Integer),
        Batched.Array(messages, pending => pending.Message.Batch?.Value, NpgsqlDbType.Uuid),
        Batched.Array(messages, pending => pending.Message.SendAt?.ToUniversalTime(), NpgsqlDbType.TimestampTz),
        Batched.Texts(messages, pending => pending.Message.Guarantee.ToText()),
        Batched.Array(messages, pending => pending.Message.Tracking is { Opens: true }, NpgsqlDbType.Boolean),
        Batched.Array(messages, pending => pending.Message.Tracking is { Clicks: true }, NpgsqlDbType.Boolean),
        Batched.Array(messages, pending => pending.Message.Unsubscribe, NpgsqlDbType.Boolean),
        Batched.Array(messages, pending => pending.Message.Sensitive, NpgsqlDbType.Boolean),
        Batched.Texts(messages, pending => pending.Status.ToText()),
        Batched.Texts(messages, pending => pending.Message.Tls?.ToText()));

    private static NpgsqlBatchCommand Contents(List<PendingAccept> messages) => Batched.Command(
        """
        insert into message_contents (organization_id, message_id, html, text, reply_to, headers, attachments)
        select organization_id, message_id, html, text, reply_to::jsonb, headers::jsonb, attachments::jsonb
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            as item (organization_id, message_id, html, text, reply_to, headers, attachments)
        """,
        Batched.Uuids(messages, pending => pending.Caller.Organization.Value),
        Batched.Uuids(messages, pending => pending.Id.Value),
        Batched.Texts(messages, pending => pending.Message.Html),
        Batched.Texts(messages, pending => pending.Message.Text),
        Batched.Texts(messages, pending => ContentJson.Write(pending.Message.ReplyTo)),
        Batched.Texts(messages, pending => ContentJson.Write(pending.Message.Headers)),
        Batched.Texts(messages, pending => ContentJson.Write(pending.Attachments)));

    private static NpgsqlBatchCommand Recipients(List<PendingAccept> messages)
    {
        var rows = messages.SelectMany(pending =>
            pending.Message.Recipients.Select((recipient, ordinal) => (pending, recipient, ordinal: (short)ordinal))).ToList();
        return Batched.Command(
            """
            insert into message_recipients (organization_id, message_id, ordinal, kind, address, name, domain, status, settled_at)
            select organization_id, message_id, ordinal, kind, address, name, domain,
                   status, case when status = 'suppressed' then now() end
            from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
                as item (organization_id, message_id, ordinal, kind, address, name, domain, status)
            """,
            Batched.Uuids(rows, row => row.pending.Caller.Organization.Value),
            Batched.Uuids(rows, row => row.pending.Id.Value),
            Batched.Array(rows, row => row.ordinal, NpgsqlDbType.Smallint),
            Batched.Texts(rows, row => row.recipient.Kind.ToText()),
            Batched.Texts(rows, row => row.recipient.Mailbox.Address.Address),
            Batched.Texts(rows, row => row.recipient.Mailbox.DisplayName),
            Batched.Texts(rows, row => row.recipient.Mailbox.Address.AsciiDomain),
            Batched.Texts(rows, row => row.pending.StatusOf(row.ordinal).ToText()));
    }

    private static NpgsqlBatchCommand Queue(List<PendingAccept> messages, TimeSpan retryFor, TimeProvider clock)
    {
        // A mail of one's own has a row of its own.
        var rows = messages.Where(pending => !pending.IsScheduled).SelectMany(pending => pending.Open
            .Select(item => (pending, domain: item.Recipient.Mailbox.Address.AsciiDomain, only: pending.Message.IsPersonal ? (short?)item.Ordinal : null))
            .DistinctBy(row => (row.domain, row.only))).ToList();
        return Batched.Command(
            """
            insert into delivery_queue (id, organization_id, message_id, mode, domain, priority, give_up_at, recipient)
            select id, organization_id, message_id, mode, domain, priority, now() + retry_for, recipient
            from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::interval[], $8::smallint[])
                as item (id, organization_id, message_id, mode, domain, priority, retry_for, recipient)
            """,
            Batched.Uuids(rows, _ => PrefixedId.New<QueueItemId>(clock).Value),
            Batched.Uuids(rows, row => row.pending.Caller.Organization.Value),
            Batched.Uuids(rows, row => row.pending.Id.Value),
            Batched.Texts(rows, row => row.pending.Caller.Mode.ToText()),
            Batched.Texts(rows, row => row.domain),
            Batched.Array(rows, row => (short)row.pending.Message.Priority, NpgsqlDbType.Smallint),
            Batched.Array(rows, row => row.pending.Message.ExpiresIn ?? retryFor, NpgsqlDbType.Interval),
            Batched.Array(rows, row => row.only, NpgsqlDbType.Smallint));
    }

    private static NpgsqlBatchCommand Events(List<PendingAccept> messages) => EventStatements.Append([.. messages.SelectMany(EventsOf)]);

    private static IEnumerable<NewEvent> EventsOf(PendingAccept pending)
    {
        if (pending.IsScheduled)
        {
            yield return NewEvent.OfMessage(pending.Caller.Organization, EventTypes.MessageScheduled, pending.Id);
        }
        else if (pending.Status != MessageStatus.Suppressed)
        {
            yield return NewEvent.OfMessage(pending.Caller.Organization, EventTypes.MessageQueued, pending.Id);
            yield return NewEvent.OfMessage(pending.Caller.Organization, EventTypes.MessageAccepted, pending.Id);
        }
        foreach (var (ordinal, reason) in pending.Suppressed)
        {
            yield return SuppressionJson.EventOf(
                pending.Caller.Organization, pending.Id, pending.Message.Recipients[ordinal].Mailbox.Address.Address, reason);
        }
        foreach (var companion in pending.Message.Companions)
        {
            foreach (var item in companion.Events(pending.Caller.Organization, pending.Id))
                yield return item;
        }
    }

    private static IEnumerable<NpgsqlBatchCommand> Companions(List<PendingAccept> messages) => messages
        .SelectMany(pending => pending.Message.Companions.Select(companion => new CompanionRow(pending.Caller.Organization, pending.Id, companion)))
        .GroupBy(row => row.Companion.GetType())
        .Select(group => group.First().Companion.Insert([.. group]));
}
