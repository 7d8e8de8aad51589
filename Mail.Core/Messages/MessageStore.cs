using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Templates;
using Mail.Core.Tls;
using Npgsql;

namespace Mail.Core.Messages;

/// <summary>Reads messages back, always within one organization.</summary>
public sealed class MessageStore(NpgsqlDataSource database)
{
    // The bodies only when they are asked for, and never those that hold a secret. One statement is one snapshot: a
    // message never shows another state than its recipients add up to.
    private const string Columns =
        $"""
        select m.id, m.mode, case when m.settled_at is null and {MessageListStatements.UnderLease} then 'sending' else m.status end,
               m.from_name, m.from_address, case when m.sensitive then '(hidden)' else m.subject end, m.tags, m.metadata,
               m.created_at, m.settled_at, k.reply_to, k.attachments, case when not m.sensitive then k.headers end,
               case when $1 and not m.sensitive then k.html end, case when $1 and not m.sensitive then k.text end,
               r.kinds, r.names, r.addresses, r.statuses, r.attempts, r.next_attempts, r.settled, r.codes, r.enhanced, r.replies,
               m.sensitive, m.source, m.template_id, m.tls
        """;

    private const string Joins =
        """
        cross join lateral (
            select * from message_contents where organization_id = m.organization_id and message_id = m.id offset 0
        ) k
        cross join lateral (
            select array_agg(r.kind order by r.ordinal) kinds, array_agg(r.name order by r.ordinal) as names,
                   array_agg(r.address order by r.ordinal) addresses,
                   array_agg(case when r.settled_at is null and q.domain is not null then 'sending' else r.status end order by r.ordinal) statuses,
                   array_agg(r.attempts order by r.ordinal) attempts, array_agg(r.next_attempt_at order by r.ordinal) next_attempts,
                   array_agg(r.settled_at order by r.ordinal) settled, array_agg(r.smtp_code order by r.ordinal) codes,
                   array_agg(r.enhanced_code order by r.ordinal) enhanced, array_agg(r.reply order by r.ordinal) replies
            from message_recipients r
            left join delivery_queue q on q.organization_id = r.organization_id and q.message_id = r.message_id and q.domain = r.domain
                and q.leased_by is not null and q.due_at > now()
            where r.message_id = m.id and r.organization_id = m.organization_id
        ) r
        """;

    public Task<MessageDetails?> FindAsync(
        OrganizationId organization, MessageId id, bool withContent, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"{Columns} from messages m {Joins} where m.organization_id = $2 and m.id = $3",
            row => Map(row, withContent), cancellationToken, withContent, organization.Value, id.Value);

    /// <summary>Without content, newest first, those before <paramref name="before"/>.</summary>
    public Task<List<MessageDetails>> ListAsync(
        OrganizationId organization, MessageFilter filter, MessageId? before, int count, CancellationToken cancellationToken)
    {
        var (page, parameters) = MessageListStatements.Page(organization, filter, before, count);
        return database.QueryBoundedAsync(
            $"""
            with page as materialized ({page})
            {Columns.Replace("$1", "false", StringComparison.Ordinal)}
            from page
            cross join lateral (select * from messages where organization_id = page.organization_id and id = page.id offset 0) m
            {Joins}
            order by m.id desc
            """,
            row => Map(row, withContent: false), cancellationToken, parameters);
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
                   a.tls_version, a.tls_cipher, a.smtp_code, a.enhanced_code, a.reply, a.next_attempt_at,
                   a.tls_policy, a.tls_verification, a.tls_problem
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

    private static MessageDetails Map(NpgsqlDataReader row, bool withContent) => new()
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
        Recipients = MapRecipients(row),
        IsSensitive = row.GetBoolean(25),
        Source = row.GetString(26),
        Template = row.GetValueOrNull<Guid>(27) is { } template ? new TemplateId(template) : null,
        Tls = row.GetStringOrNull(28) is { } tls ? TlsRequirementText.Parse(tls) : null,
        Content = withContent
            ? new MessageContent(row.GetStringOrNull(13), row.GetStringOrNull(14), ContentJson.ReadMap(row.GetStringOrNull(12)))
            : null,
    };

    private static RecipientDetails[] MapRecipients(NpgsqlDataReader row)
    {
        var kinds = row.GetFieldValue<string[]>(15);
        var names = row.GetFieldValue<string?[]>(16);
        var addresses = row.GetFieldValue<string[]>(17);
        var statuses = row.GetFieldValue<string[]>(18);
        var attempts = row.GetFieldValue<int[]>(19);
        var nextAttempts = row.GetFieldValue<DateTime?[]>(20);
        var settled = row.GetFieldValue<DateTime?[]>(21);
        var codes = row.GetFieldValue<short?[]>(22);
        var enhanced = row.GetFieldValue<string?[]>(23);
        var replies = row.GetFieldValue<string?[]>(24);
        return [.. kinds.Select((kind, i) => new RecipientDetails(
            RecipientKindText.Parse(kind), new StoredMailbox(names[i], addresses[i]), MessageStatusText.Parse(statuses[i]), attempts[i],
            nextAttempts[i], settled[i], codes[i], enhanced[i], replies[i]))];
    }

    private static AttemptDetails MapAttempt(NpgsqlDataReader row) => new(
        new AttemptId(row.GetGuid(0)), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7), row.GetStringOrNull(8), row.GetStringOrNull(9),
        row.GetStringOrNull(10), row.GetStringOrNull(11), row.GetValueOrNull<short>(12), row.GetStringOrNull(13),
        row.GetStringOrNull(14), row.GetValueOrNull<DateTimeOffset>(15), row.GetStringOrNull(16), row.GetStringOrNull(17),
        row.GetStringOrNull(18));
}
