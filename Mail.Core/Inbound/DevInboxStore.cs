using System.Text.Json;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Inbound;

/// <summary>The dev inbox: what Development captures and what test keys send.</summary>
/// <param name="batches">The connections for what is written all the time.</param>
public sealed class DevInboxStore(NpgsqlDataSource database, [FromKeyedServices(MailCore.Database)] NpgsqlDataSource batches)
{
    /// <summary>Sent with the organization's id whenever something arrives; a hint, polling is the truth.</summary>
    public const string Channel = "mail_dev_inbox";

    /// <summary>Stores mails in one transaction. Returns only after the commit.</summary>
    internal async Task StoreAsync(List<InboxRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        await using var batch = batches.CreateBatch();
        batch.BatchCommands.Add(Insert(rows));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Tells waiting readers. On its own, so that concurrent commits do not queue for the lock that NOTIFY takes.</summary>
    internal Task TellAsync(IReadOnlyList<OrganizationId> organizations, CancellationToken cancellationToken) => database.ExecuteAsync(
        "select pg_notify($1, organization) from unnest($2::text[]) as organization",
        cancellationToken, Channel, organizations.Select(organization => organization.ToString()).ToArray());

    // However many recipients a mail has, its octets go to the server once.
    private static NpgsqlBatchCommand Insert(List<InboxRow> rows)
    {
        var positions = new Dictionary<CapturedMail, int>(ReferenceEqualityComparer.Instance);
        foreach (var row in rows)
            positions.TryAdd(row.Mail, positions.Count + 1);
        return Insert(rows, row => positions[row.Mail], [.. positions.OrderBy(mail => mail.Value).Select(mail => mail.Key)]);
    }

    private static NpgsqlBatchCommand Insert(List<InboxRow> rows, Func<InboxRow, int> position, List<CapturedMail> mails) => Batched.Command(
        """
        insert into dev_inbox (organization_id, id, message_id, mail_from, rcpt_to, subject, raw, authentication, header_from, search, size, raw_blob)
        select organization_id, id, message_id, mail_from, rcpt_to, ($7::text[])[mail], ($8::bytea[])[mail], ($9::text[])[mail]::jsonb,
            ($10::text[])[mail], ($11::text[])[mail], ($12::integer[])[mail], ($13::text[])[mail]
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::integer[])
            as item (organization_id, id, message_id, mail_from, rcpt_to, mail)
        """,
        Batched.Uuids(rows, row => row.Organization.Value),
        Batched.Uuids(rows, row => row.Id.Value),
        Batched.Array(rows, row => row.Message?.Value, NpgsqlDbType.Uuid),
        Batched.Texts(rows, row => row.Mail.MailFrom),
        Batched.Texts(rows, row => row.Recipient),
        Batched.Array(rows, position, NpgsqlDbType.Integer),
        Batched.Texts(mails, mail => mail.Subject),
        Batched.Array(mails, mail => mail.Inline, NpgsqlDbType.Bytea),
        Batched.Texts(mails, mail => JsonSerializer.Serialize(mail.Authentication, StoredJson.Default.InboxAuthentication)),
        Batched.Texts(mails, mail => mail.HeaderFrom),
        Batched.Texts(mails, mail => mail.SearchText),
        Batched.Array(mails, mail => mail.Size, NpgsqlDbType.Integer),
        Batched.Texts(mails, mail => mail.Blob));

    /// <summary>Calls back for each organization something arrived for, until cancelled; throws when its connection breaks.</summary>
    public async Task ListenAsync(Action<OrganizationId> arrived, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) =>
        {
            if (PrefixedId.TryParse<OrganizationId>(notification.Payload, out var organization))
                arrived(organization);
        };
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        while (true)
            await connection.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Newest first, each with the first octets of the mail, which hold its header; <paramref name="before"/> is the
    /// last id of the page before.
    /// </summary>
    /// <exception cref="PostgresException">With <see cref="PostgresErrorCodes.QueryCanceled"/> when too little of too much fits the filter.</exception>
    public Task<List<(InboxMessage Message, byte[] Head)>> ListAsync(
        OrganizationId organization, InboxFilter filter, InboxMessageId? before, int limit, CancellationToken cancellationToken) =>
        database.QueryBoundedAsync(
            $"""
            select {Columns}, substring(raw from 1 for 16384) from dev_inbox
            where organization_id = $1 and id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
              and ($3::text is null or lower(rcpt_to) = lower($3)) and ($4::text is null or header_from = lower($4))
              and ($5::text is null or position(lower($5) in lower(subject)) > 0) and ($6::uuid is null or message_id = $6)
              and ($7::timestamptz is null or received_at >= $7) and ($8::timestamptz is null or received_at < $8)
              and ($9::text[] is null or (select bool_and(position(word in search) > 0) from unnest($9) as word))
            order by id desc limit $10
            """,
            row => (Map(row), row.GetFieldValue<byte[]>(8)), cancellationToken, organization.Value, before?.Value, filter.To, filter.From,
            filter.Subject, filter.Message?.Value, filter.CreatedFrom?.ToUniversalTime(), filter.CreatedTo?.ToUniversalTime(),
            filter.Words?.Select(word => word.ToLowerInvariant()).ToArray(), limit);

    public Task<InboxMail?> FindAsync(OrganizationId organization, InboxMessageId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns}, raw, raw_blob from dev_inbox where organization_id = $1 and id = $2",
            row => new InboxMail(Map(row), row.GetFieldValue<byte[]>(8), row.GetStringOrNull(9)), cancellationToken, organization.Value, id.Value);

    public Task<int> ClearAsync(OrganizationId organization, CancellationToken cancellationToken) =>
        database.ExecuteAsync("delete from dev_inbox where organization_id = $1", cancellationToken, organization.Value);

    /// <summary>False when there is no such mail.</summary>
    public async Task<bool> DeleteAsync(OrganizationId organization, InboxMessageId id, CancellationToken cancellationToken) =>
        await database.ExecuteAsync("delete from dev_inbox where organization_id = $1 and id = $2", cancellationToken, organization.Value, id.Value) == 1;

    /// <summary>Deletes up to <paramref name="count"/> that are older. Returns how many. Works across organizations.</summary>
    public Task<int> DeleteOldAsync(TimeSpan age, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from dev_inbox d using (
            select organization_id, id from dev_inbox where received_at < now() - $1 order by received_at limit $2 for update skip locked
        ) old
        where d.organization_id = old.organization_id and d.id = old.id
        """,
        cancellationToken, age, count);

    private const string Columns = "id, mail_from, rcpt_to, subject, authentication, received_at, message_id, size";

    private static InboxMessage Map(NpgsqlDataReader row) => new(
        new InboxMessageId(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetString(3),
        JsonSerializer.Deserialize(row.GetString(4), StoredJson.Default.InboxAuthentication)!, row.GetFieldValue<DateTimeOffset>(5),
        row.GetValueOrNull<Guid>(6) is { } message ? new MessageId(message) : null, row.GetInt32(7));
}
