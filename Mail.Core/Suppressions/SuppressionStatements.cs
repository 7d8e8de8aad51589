using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Suppressions;

/// <summary>What suppresses addresses and lifts that, inside the caller's transaction, with the events of it.</summary>
internal static class SuppressionStatements
{
    private const string Returned = "organization_id, id, email, reason, source, message_id";

    /// <summary>
    /// Suppresses what is not suppressed yet; an address that is keeps its first reason. In the order of their keys, so
    /// that two transactions never wait for each other. Returns those that are new.
    /// </summary>
    public static async Task<List<StoredSuppression>> InsertAsync(
        NpgsqlConnection connection, List<NewSuppression> suppressions, CancellationToken cancellationToken)
    {
        if (suppressions.Count == 0)
            return [];
        var created = await ReadAsync(connection, Insert(suppressions), cancellationToken);
        await AppendAsync(connection, EventTypes.SuppressionCreated, created, cancellationToken);
        return created;
    }

    /// <summary>Lifts suppressions by id or by address. Returns those that were there; soft bounces count from the start again.</summary>
    public static async Task<List<StoredSuppression>> DeleteAsync(
        NpgsqlConnection connection, OrganizationId organization, IReadOnlyCollection<SuppressionId> ids, IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken)
    {
        var delete = new NpgsqlBatchCommand(
            $"""
            with lifted as (
                delete from suppressions
                where organization_id = $1 and (id = any($2) or address_key = any($3))
                returning address_key, {Returned}
            ), forgotten as (
                delete from soft_bounces where organization_id = $1 and address_key in (select address_key from lifted)
            )
            select {Returned} from lifted
            """);
        delete.Parameters.Add(new() { Value = organization.Value });
        delete.Parameters.Add(new() { Value = ids.Select(id => id.Value).ToArray() });
        delete.Parameters.Add(new() { Value = keys.ToArray() });
        var deleted = await ReadAsync(connection, delete, cancellationToken);
        await AppendAsync(connection, EventTypes.SuppressionDeleted, deleted, cancellationToken);
        return deleted;
    }

    private static NpgsqlBatchCommand Insert(List<NewSuppression> suppressions) => Batched.Command(
        $"""
        insert into suppressions as held (organization_id, id, address_key, email, reason, source, metadata, message_id, expires_at)
        select distinct on (organization_id, address_key)
               organization_id, uuidv7(), address_key, email, reason, source, metadata::jsonb, message_id, expires_at
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::timestamptz[])
            as item (organization_id, address_key, email, reason, source, metadata, message_id, expires_at)
        order by organization_id, address_key
        on conflict (organization_id, address_key) do update
            set id = excluded.id, email = excluded.email, reason = excluded.reason, source = excluded.source,
                metadata = excluded.metadata, message_id = excluded.message_id, created_at = now(), expires_at = excluded.expires_at
            where held.expires_at <= now()
        returning {Returned}
        """,
        Batched.Uuids(suppressions, item => item.Organization.Value),
        Batched.Texts(suppressions, item => item.Key),
        Batched.Texts(suppressions, item => item.Email),
        Batched.Texts(suppressions, item => item.Reason.ToText()),
        Batched.Texts(suppressions, item => item.Source.ToText()),
        Batched.Texts(suppressions, item => ContentJson.Write(item.Metadata)),
        Batched.Array(suppressions, item => item.Message?.Value, NpgsqlDbType.Uuid),
        Batched.Array(suppressions, item => item.ExpiresAt?.ToUniversalTime(), NpgsqlDbType.TimestampTz));

    private static async Task<List<StoredSuppression>> ReadAsync(
        NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new List<StoredSuppression>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new StoredSuppression(
                new OrganizationId(reader.GetGuid(0)), new SuppressionId(reader.GetGuid(1)), reader.GetString(2), reader.GetString(3),
                reader.GetString(4), reader.GetValueOrNull<Guid>(5) is { } message ? new MessageId(message) : null));
        }
        return rows;
    }

    private static async Task AppendAsync(
        NpgsqlConnection connection, string type, List<StoredSuppression> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(EventStatements.Append(rows.ConvertAll(row => SuppressionJson.EventOf(type, row))));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}

internal sealed record StoredSuppression(
    OrganizationId Organization, SuppressionId Id, string Email, string Reason, string Source, MessageId? Message);
