using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Messages;

/// <summary>Reads messages back, always within one organization.</summary>
public sealed class MessageStore(NpgsqlDataSource database)
{
    // A recipient that is not settled is 'sending' while a worker holds a live lease on its queue row.
    private const string UnderLease =
        "exists (select from delivery_queue q where q.organization_id = m.organization_id and q.message_id = m.id and q.leased_by is not null and q.due_at > now())";

    public async Task<MessageDetails?> FindAsync(
        OrganizationId organization, MessageId id, bool withContent, CancellationToken cancellationToken)
    {
        var recipients = await RecipientsAsync(organization, id, cancellationToken);
        return await database.QuerySingleAsync(
            $"""
            select m.id, m.mode, case when m.settled_at is null and {UnderLease} then 'sending' else m.status end,
                   m.from_name, m.from_address, m.subject, m.tags, m.metadata, m.created_at, m.settled_at,
                   k.reply_to, k.attachments, k.headers, case when $3 and not m.sensitive then k.html end,
                   case when $3 and not m.sensitive then k.text end
            from messages m
            join message_contents k on k.organization_id = m.organization_id and k.message_id = m.id
            where m.organization_id = $1 and m.id = $2
            """,
            row => Map(row, recipients, withContent), cancellationToken, organization.Value, id.Value, withContent);
    }

    /// <summary>Null when the organization has no such message.</summary>
    public async Task<IReadOnlyList<AttemptDetails>?> AttemptsAsync(
        OrganizationId organization, MessageId message, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(organization, message, cancellationToken))
            return null;
        return await database.QueryAsync(
            """
            select a.id, r.address, a.number, a.outcome, a.stage, a.cause, a.started_at, a.ended_at, a.mx_host, a.mx_address,
                   a.tls_version, a.tls_cipher, a.smtp_code, a.enhanced_code, a.reply, a.next_attempt_at
            from delivery_attempts a
            join message_recipients r on r.organization_id = a.organization_id and r.message_id = a.message_id and r.ordinal = a.recipient
            where a.organization_id = $1 and a.message_id = $2
            order by a.started_at, a.id
            """,
            MapAttempt, cancellationToken, organization.Value, message.Value);
    }

    public async Task<bool> ExistsAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync("select 1 from messages where organization_id = $1 and id = $2", _ => true,
            cancellationToken, organization.Value, message.Value);
        return rows.Count > 0;
    }

    private Task<List<RecipientDetails>> RecipientsAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select r.kind, r.name, r.address,
                   case when r.settled_at is null and exists (
                       select from delivery_queue q
                       where q.organization_id = r.organization_id and q.message_id = r.message_id and q.domain = r.domain
                         and q.leased_by is not null and q.due_at > now())
                   then 'sending' else r.status end,
                   r.attempts, r.next_attempt_at, r.settled_at, r.smtp_code, r.enhanced_code, r.reply
            from message_recipients r
            where r.organization_id = $1 and r.message_id = $2
            order by r.ordinal
            """,
            MapRecipient, cancellationToken, organization.Value, message.Value);

    private static MessageDetails Map(NpgsqlDataReader row, IReadOnlyList<RecipientDetails> recipients, bool withContent) => new()
    {
        Id = new MessageId(row.GetGuid(0)),
        Mode = SendingModeText.Parse(row.GetString(1)),
        Status = MessageStatusText.Parse(row.GetString(2)),
        From = new StoredMailbox(row.GetStringOrNull(3), row.GetString(4)),
        Subject = row.GetString(5),
        Tags = ContentJson.ReadMap(row.GetStringOrNull(6)),
        Metadata = ContentJson.ReadMap(row.GetStringOrNull(7)),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(8),
        SettledAt = row.GetValueOrNull<DateTimeOffset>(9),
        ReplyTo = ContentJson.ReadMailboxes(row.GetStringOrNull(10)),
        Attachments = ContentJson.ReadAttachments(row.GetStringOrNull(11)),
        Recipients = recipients,
        Content = withContent
            ? new MessageContent(row.GetStringOrNull(13), row.GetStringOrNull(14), ContentJson.ReadMap(row.GetStringOrNull(12)))
            : null,
    };

    private static RecipientDetails MapRecipient(NpgsqlDataReader row) => new(
        RecipientKindText.Parse(row.GetString(0)), new StoredMailbox(row.GetStringOrNull(1), row.GetString(2)),
        MessageStatusText.Parse(row.GetString(3)), row.GetInt32(4), row.GetValueOrNull<DateTimeOffset>(5),
        row.GetValueOrNull<DateTimeOffset>(6), row.GetValueOrNull<short>(7), row.GetStringOrNull(8), row.GetStringOrNull(9));

    private static AttemptDetails MapAttempt(NpgsqlDataReader row) => new(
        new AttemptId(row.GetGuid(0)), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7), row.GetStringOrNull(8), row.GetStringOrNull(9),
        row.GetStringOrNull(10), row.GetStringOrNull(11), row.GetValueOrNull<short>(12), row.GetStringOrNull(13),
        row.GetStringOrNull(14), row.GetValueOrNull<DateTimeOffset>(15));
}
