using System.Text.Encodings.Web;
using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Inbound;

/// <summary>Received mail.</summary>
/// <param name="batches">The connections for what is written all the time.</param>
public sealed class InboundMessageStore(NpgsqlDataSource database, [FromKeyedServices(MailCore.Database)] NpgsqlDataSource batches)
{
    // Nothing here is put into a page: HTML with all its signs escaped would be much longer.
    private static readonly InboundJson Json = new(new JsonSerializerOptions(InboundJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private const string Columns = "id, domain, mail_from, recipients, header_from, subject, size, received_at";

    /// <summary>Stores mails with their events in one transaction. Returns only after the commit.</summary>
    internal async Task StoreAsync(List<NewInboundMessage> messages, CancellationToken cancellationToken)
    {
        await using var batch = batches.CreateBatch();
        batch.BatchCommands.Add(Insert(messages));
        batch.BatchCommands.Add(EventStatements.Append(messages.ConvertAll(Received)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Newest first.</summary>
    /// <exception cref="PostgresException">With <see cref="PostgresErrorCodes.QueryCanceled"/> when too little of too much fits the filter.</exception>
    public Task<List<InboundSummary>> ListAsync(
        OrganizationId organization, InboundFilter filter, InboundMessageId? before, int count, CancellationToken cancellationToken) =>
        database.QueryBoundedAsync(
            $"""
            select {Columns} from inbound_messages
            where organization_id = $1 and id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
              and ($3::text is null or lower($3) = any(recipients)) and ($4::text is null or header_from = lower($4))
              and ($5::text is null or position(lower($5) in lower(subject)) > 0) and ($6::text is null or domain = lower($6))
              and ($7::timestamptz is null or received_at >= $7) and ($8::timestamptz is null or received_at < $8)
            order by id desc limit $9
            """,
            MapSummary, cancellationToken, organization.Value, before?.Value, filter.To, filter.From, filter.Subject, filter.Domain,
            filter.CreatedFrom?.ToUniversalTime(), filter.CreatedTo?.ToUniversalTime(), count);

    public Task<InboundMessage?> FindAsync(OrganizationId organization, InboundMessageId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns}, content::text, raw, raw_blob from inbound_messages where organization_id = $1 and id = $2",
            row => new InboundMessage(
                MapSummary(row), JsonSerializer.Deserialize(row.GetString(8), InboundJson.Default.InboundContent)!,
                row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9), row.GetStringOrNull(10)),
            cancellationToken, organization.Value, id.Value);

    /// <summary>Its bytes in blob storage follow in their time. False when there is no such mail.</summary>
    public async Task<bool> DeleteAsync(OrganizationId organization, InboundMessageId id, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "delete from inbound_messages where organization_id = $1 and id = $2", cancellationToken, organization.Value, id.Value) == 1;

    /// <summary>Puts what was read out of a mail anew in the place of what was read before. False when it is gone.</summary>
    public async Task<bool> ReplaceContentAsync(
        OrganizationId organization, InboundMessageId id, InboundContent content, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update inbound_messages set content = $3::json, header_from = $4 where organization_id = $1 and id = $2",
            cancellationToken, organization.Value, id.Value, JsonSerializer.Serialize(content, Json.InboundContent),
            AuthorOf(content)) == 1;

    /// <summary>Deletes up to <paramref name="count"/> that are older. Returns how many. Works across organizations.</summary>
    public Task<int> DeleteOldAsync(TimeSpan age, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from inbound_messages m using (
            select organization_id, id from inbound_messages where received_at < now() - $1 order by received_at limit $2 for update skip locked
        ) old
        where m.organization_id = old.organization_id and m.id = old.id
        """,
        cancellationToken, age, count);

    // Recipients stand one on a line: no address has a line end in it.
    private static NpgsqlBatchCommand Insert(List<NewInboundMessage> messages) => Batched.Command(
        """
        insert into inbound_messages (organization_id, id, domain, mail_from, recipients, header_from, subject, size, raw, raw_blob, content)
        select organization_id, id, domain, mail_from, string_to_array(recipients, e'\n'), header_from, subject, size, raw, raw_blob, content::json
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::bytea[], $10::text[], $11::text[])
            as item (organization_id, id, domain, mail_from, recipients, header_from, subject, size, raw, raw_blob, content)
        """,
        Batched.Uuids(messages, message => message.Organization.Value),
        Batched.Uuids(messages, message => message.Id.Value),
        Batched.Texts(messages, message => message.Domain),
        Batched.Texts(messages, message => message.MailFrom),
        Batched.Texts(messages, message => string.Join('\n', message.Recipients).ToLowerInvariant()),
        Batched.Texts(messages, message => AuthorOf(message.Content)),
        Batched.Texts(messages, message => message.Subject),
        Batched.Array(messages, message => message.Size, NpgsqlDbType.Integer),
        Batched.Array(messages, message => message.Raw, NpgsqlDbType.Bytea),
        Batched.Texts(messages, message => message.RawBlob),
        Batched.Array(messages, message => JsonSerializer.SerializeToUtf8Bytes(message.Content, Json.InboundContent), NpgsqlDbType.Text));

    private static string AuthorOf(InboundContent content) => content.From.Count > 0 ? content.From[0].Address.ToLowerInvariant() : "";

    private static NewEvent Received(NewInboundMessage message)
    {
        var checks = message.Content.Authentication;
        var data = new InboundEventData(
            message.Id.ToString(), message.Domain, message.MailFrom, message.Recipients, AuthorOf(message.Content), message.Subject,
            message.Content.MessageId, message.Size, message.Content.Attachments.Count, checks.Spf.Result,
            checks.Dkim.Count > 0 ? checks.Dkim[0].Result : "none", checks.Dmarc.Result);
        return new NewEvent(message.Organization, EventTypes.InboundReceived, "inbound_message", message.Id.Value,
            Data: JsonSerializer.Serialize(data, InboundJson.Default.InboundEventData));
    }

    private static InboundSummary MapSummary(NpgsqlDataReader row) => new(
        new InboundMessageId(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetFieldValue<string[]>(3), row.GetString(4),
        row.GetString(5), row.GetInt32(6), row.GetFieldValue<DateTimeOffset>(7));
}
