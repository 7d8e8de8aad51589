using System.Text.Json;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Inbound;

/// <summary>The dev inbox: what Development captures and what test keys send.</summary>
public sealed class DevInboxStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Sent with the organization's id whenever something arrives; a hint, polling is the truth.</summary>
    public const string Channel = "mail_dev_inbox";

    /// <summary>Stores mails, one row per recipient, in one transaction. Returns only after the commit.</summary>
    internal async Task StoreAsync(
        IReadOnlyList<(OrganizationId Organization, MessageId? Message, CapturedMail Mail)> mails, CancellationToken cancellationToken)
    {
        var rows = mails.SelectMany(mail => mail.Mail.Recipients.Select(recipient => (mail.Organization, mail.Message, mail.Mail, recipient))).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Batched.Command(
            """
            insert into dev_inbox (organization_id, id, message_id, mail_from, rcpt_to, subject, raw, authentication)
            select organization_id, id, message_id, mail_from, rcpt_to, subject, raw, authentication::jsonb
            from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[])
                as item (organization_id, id, message_id, mail_from, rcpt_to, subject, raw, authentication)
            """,
            Batched.Uuids(rows, row => row.Organization.Value),
            Batched.Uuids(rows, _ => PrefixedId.New<InboxMessageId>(clock).Value),
            Batched.Array(rows, row => row.Message?.Value, NpgsqlDbType.Uuid),
            Batched.Texts(rows, row => row.Mail.MailFrom),
            Batched.Texts(rows, row => row.recipient),
            Batched.Texts(rows, row => row.Mail.Subject),
            Batched.Array(rows, row => row.Mail.Raw, NpgsqlDbType.Bytea),
            Batched.Texts(rows, row => JsonSerializer.Serialize(row.Mail.Authentication, StoredJson.Default.InboxAuthentication))));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Tells waiting readers that something arrived for these organizations.</summary>
    internal Task NotifyAsync(IEnumerable<OrganizationId> organizations, CancellationToken cancellationToken) =>
        database.ExecuteAsync("select pg_notify($1, organization) from unnest($2::text[]) as organization", cancellationToken,
            Channel, organizations.Select(organization => organization.ToString()).Distinct().ToArray());

    /// <summary>Newest first; <paramref name="before"/> is the last id of the page before.</summary>
    public Task<List<InboxMessage>> ListAsync(
        OrganizationId organization, string? recipient, string? subject, InboxMessageId? before, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {Columns} from dev_inbox
            where organization_id = $1 and ($2::text is null or rcpt_to = $2) and ($3::text is null or position(lower($3) in lower(subject)) > 0)
              and ($4::uuid is null or id < $4)
            order by id desc limit $5
            """,
            Map, cancellationToken, organization.Value, recipient, subject, before?.Value, limit);

    public async Task<(InboxMessage Message, byte[] Raw)?> FindAsync(
        OrganizationId organization, InboxMessageId id, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            $"select {Columns}, raw from dev_inbox where organization_id = $1 and id = $2",
            row => (Map(row), row.GetFieldValue<byte[]>(7)), cancellationToken, organization.Value, id.Value);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task<int> ClearAsync(OrganizationId organization, CancellationToken cancellationToken) =>
        database.ExecuteAsync("delete from dev_inbox where organization_id = $1", cancellationToken, organization.Value);

    private const string Columns = "id, mail_from, rcpt_to, subject, authentication, received_at, message_id";

    private static InboxMessage Map(NpgsqlDataReader row) => new(
        new InboxMessageId(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetString(3),
        JsonSerializer.Deserialize(row.GetString(4), StoredJson.Default.InboxAuthentication)!, row.GetFieldValue<DateTimeOffset>(5),
        row.GetValueOrNull<Guid>(6) is { } message ? new MessageId(message) : null);
}
