using System.Text.Json;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Batches;

/// <summary>Begins, completes and reads batches.</summary>
public sealed class BatchStore(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan IdempotencyLifetime = TimeSpan.FromHours(24);

    /// <summary>Commits the batch before any of its items.</summary>
    /// <param name="key">The key of the whole request; null when it has none.</param>
    /// <param name="patience">How long the items may take before the batch counts as interrupted.</param>
    public async Task<BatchBeginning> BeginAsync(
        OrganizationId organization, BatchKind kind, int messageCount, Idempotency? key, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = PrefixedId.New<BatchId>(clock);
        if (key is not null)
            await ReleaseOldKeyAsync(connection, organization, kind, key.Key, cancellationToken);
        await using var insert = new NpgsqlCommand(
            """
            insert into batches (organization_id, id, kind, message_count, idempotency_key, request_hash, busy_until)
            values ($1, $2, $3, $4, $5::text, $6::bytea, now() + $7)
            on conflict (organization_id, kind, idempotency_key) where idempotency_key is not null do nothing
            """, connection).With(organization.Value, id.Value, kind.ToText(), messageCount, key?.Key, key?.RequestHash, patience);
        var beginning = await insert.ExecuteNonQueryAsync(cancellationToken) == 1
            ? new BatchBeginning.Begun(id, new HashSet<int>())
            : await ResumeAsync(connection, organization, kind, key!, patience, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return beginning;
    }

    /// <summary>Writes the items that have no message of their own, and closes the batch when all its items are there.</summary>
    public async Task CompleteAsync(OrganizationId organization, BatchId batch, IReadOnlyList<SettledItem> items, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var commands = new NpgsqlBatch(connection);
        if (items.Count > 0)
            commands.BatchCommands.Add(BatchStatements.Settled(organization, batch, [.. items]));
        commands.BatchCommands.Add(BatchStatements.Complete(organization, batch));
        await commands.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Closes up to <paramref name="count"/> batches that nobody works on any more; items that are missing are reported as
    /// interrupted. Across organizations. Returns how many.
    /// </summary>
    public Task<int> CloseInterruptedAsync(int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        with abandoned as (
            select organization_id, id, message_count from batches
            where status = 'processing' and busy_until <= now() order by busy_until limit $1 for update skip locked
        ), missing as (
            insert into batch_items (organization_id, batch_id, ordinal, code, error)
            select a.organization_id, a.id, ordinal, $2, 'The service stopped before it came to this item. Send it again.'
            from abandoned a cross join lateral generate_series(0, a.message_count - 1) ordinal
            on conflict do nothing
        )
        update batches b set status = 'interrupted', completed_at = now() from abandoned a
        where b.organization_id = a.organization_id and b.id = a.id
        """,
        cancellationToken, count, BatchStatements.Interrupted);

    public async Task<BatchDetails?> FindAsync(OrganizationId organization, BatchId id, CancellationToken cancellationToken) =>
        (await ReadAsync("b.organization_id = $1 and b.id = $2", cancellationToken, organization.Value, id.Value)).SingleOrDefault();

    /// <summary>Newest first.</summary>
    public Task<List<BatchDetails>> ListAsync(OrganizationId organization, BatchId? before, int count, CancellationToken cancellationToken) =>
        ReadAsync("b.organization_id = $1 and ($2::uuid is null or b.id < $2) order by b.id desc limit $3", cancellationToken,
            organization.Value, before?.Value, count);

    /// <summary>In the order of the request.</summary>
    /// <param name="after">The last ordinal of the page before.</param>
    /// <param name="rejected">Only those without a message, or only those with one; null for all.</param>
    public Task<List<BatchItem>> ItemsAsync(
        OrganizationId organization, BatchId batch, int? after, bool? rejected, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select i.ordinal, i.address, i.message_id, m.status, i.replayed, i.code, i.error, i.errors
            from batch_items i
            left join messages m on m.organization_id = i.organization_id and m.id = i.message_id
            where i.organization_id = $1 and i.batch_id = $2 and i.ordinal > $3 and ($4::boolean is null or (i.message_id is null) = $4)
            order by i.ordinal limit $5
            """,
            MapItem, cancellationToken, organization.Value, batch.Value, after ?? -1, rejected, count);

    private static async Task ReleaseOldKeyAsync(
        NpgsqlConnection connection, OrganizationId organization, BatchKind kind, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            update batches set idempotency_key = null, request_hash = null
            where organization_id = $1 and kind = $2 and idempotency_key = $3 and created_at <= now() - $4
            """, connection).With(organization.Value, kind.ToText(), key, IdempotencyLifetime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<BatchBeginning> ResumeAsync(
        NpgsqlConnection connection, OrganizationId organization, BatchKind kind, Idempotency key, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (id, hash, status, busy) = await LockAsync(connection, organization, kind, key.Key, cancellationToken);
        if (!hash.AsSpan().SequenceEqual(key.RequestHash))
            return new BatchBeginning.KeyConflict(key.Key);
        if (status == "accepted")
            return new BatchBeginning.Replayed(id);
        if (status == "processing" && busy > TimeSpan.Zero)
            return new BatchBeginning.InProgress(busy);
        return new BatchBeginning.Begun(id, await ReopenAsync(connection, organization, id, patience, cancellationToken));
    }

    private static async Task<(BatchId Id, byte[] Hash, string Status, TimeSpan Busy)> LockAsync(
        NpgsqlConnection connection, OrganizationId organization, BatchKind kind, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select id, request_hash, status, busy_until - now() from batches
            where organization_id = $1 and kind = $2 and idempotency_key = $3 for update
            """, connection).With(organization.Value, kind.ToText(), key);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (new BatchId(reader.GetGuid(0)), reader.GetFieldValue<byte[]>(1), reader.GetString(2), reader.GetFieldValue<TimeSpan>(3));
    }

    /// <summary>Lets the missing items of a batch be tried again. Returns the ordinals that are settled for good.</summary>
    private static async Task<IReadOnlySet<int>> ReopenAsync(
        NpgsqlConnection connection, OrganizationId organization, BatchId id, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with reopened as (
                update batches set status = 'processing', completed_at = null, busy_until = now() + $3
                where organization_id = $1 and id = $2
            ), missing as (
                delete from batch_items where organization_id = $1 and batch_id = $2 and code = $4
            )
            select ordinal from batch_items where organization_id = $1 and batch_id = $2 and code is distinct from $4
            """, connection).With(organization.Value, id.Value, patience, BatchStatements.Interrupted);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var settled = new HashSet<int>();
        while (await reader.ReadAsync(cancellationToken))
            settled.Add(reader.GetInt32(0));
        return settled;
    }

    private Task<List<BatchDetails>> ReadAsync(string condition, CancellationToken cancellationToken, params object?[] parameters) =>
        database.QueryAsync(
            $"""
            select b.id, b.kind, b.status, b.message_count, b.created_at, b.completed_at,
                   (select count(*)::integer from batch_items i where i.organization_id = b.organization_id and i.batch_id = b.id and i.message_id is not null),
                   (select count(*)::integer from batch_items i where i.organization_id = b.organization_id and i.batch_id = b.id and i.message_id is null),
                   (select jsonb_object_agg(status, number) from (
                       select m.status, count(*) as number from batch_items i
                       join messages m on m.organization_id = i.organization_id and m.id = i.message_id
                       where i.organization_id = b.organization_id and i.batch_id = b.id group by m.status) counted)
            from batches b where {condition}
            """,
            Map, cancellationToken, parameters);

    private static BatchDetails Map(NpgsqlDataReader row) => new(
        new BatchId(row.GetGuid(0)), BatchKindText.Parse(row.GetString(1)), row.GetString(2), row.GetInt32(3), row.GetInt32(6), row.GetInt32(7),
        row.GetFieldValue<DateTimeOffset>(4), row.GetValueOrNull<DateTimeOffset>(5),
        row.IsDBNull(8) ? new Dictionary<string, int>()
            : row.GetFieldValue<JsonElement>(8).EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetInt32()));

    private static BatchItem MapItem(NpgsqlDataReader row) => new(
        row.GetInt32(0), row.GetStringOrNull(1), row.IsDBNull(2) ? null : new MessageId(row.GetGuid(2)),
        row.IsDBNull(3) ? null : MessageStatusText.Parse(row.GetString(3)), row.GetBoolean(4), row.GetStringOrNull(5), row.GetStringOrNull(6),
        row.IsDBNull(7) ? null : row.GetFieldValue<JsonElement>(7));
}
