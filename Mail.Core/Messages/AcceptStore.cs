using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Messages;

/// <summary>Writes a batch of accepted messages in one transaction, each table with one array-parameter statement.</summary>
internal sealed class AcceptStore(NpgsqlDataSource database, IOptions<AcceptOptions> options, TimeProvider clock)
{
    /// <summary>The outcome of each message, in the order of the batch. Returns only after the commit.</summary>
    public async Task<IReadOnlyList<AcceptOutcome>> StoreAsync(
        IReadOnlyList<PendingAccept> batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In the transaction: what was suppressed before this moment gets nothing.
        var pendings = await AcceptSuppressionStatements.ApplyAsync(connection, batch, cancellationToken);
        var decided = AcceptSuppressionStatements.Refused(pendings);
        await ClaimKeysAsync(connection, pendings, decided, cancellationToken);
        var fresh = pendings.Where(pending => !decided.ContainsKey(pending)).ToList();
        if (fresh.Count > 0)
            await InsertAsync(connection, fresh, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. pendings.Select(pending => decided.GetValueOrDefault(pending) ?? new AcceptOutcome.Accepted(pending.Id, pending.Status))];
    }

    /// <summary>What a key stands for already: the message it made, or a conflict; null when it is free.</summary>
    public async Task<AcceptOutcome?> FindByKeyAsync(OrganizationId organization, Idempotency key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var holders = await FindKeysAsync(connection, [(organization, key)], cancellationToken);
        return holders.Count == 0 ? null : OutcomeOf(key, holders.Values.Single());
    }

    /// <summary>
    /// Takes the idempotency keys of the batch. The messages whose key was already taken are decided by that. A key that
    /// another transaction is just writing is waited for, so the answer is always final.
    /// </summary>
    private async Task ClaimKeysAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingAccept> batch, Dictionary<PendingAccept, AcceptOutcome> decided,
        CancellationToken cancellationToken)
    {
        // Sorted, so that two transactions never wait for each other.
        var keyed = batch.Where(pending => pending.Message.Idempotency is not null)
            .OrderBy(pending => pending.Message.Idempotency!.Key, StringComparer.Ordinal)
            .ThenBy(pending => pending.Caller.Organization.Value).ThenBy(pending => pending.Id.Value).ToList();
        if (keyed.Count == 0)
            return;
        var won = await InsertKeysAsync(
            connection, FirstOfEachKey(keyed.Where(pending => !decided.ContainsKey(pending))), cancellationToken);
        var lost = keyed.Where(pending => !won.Contains(pending.Id.Value)).ToList();
        if (lost.Count == 0)
            return;
        var holders = await FindKeysAsync(
            connection, lost.ConvertAll(pending => (pending.Caller.Organization, pending.Message.Idempotency!)), cancellationToken);
        foreach (var pending in lost)
        {
            // A refused message took no key; what its key stands for already goes before the refusal.
            if (holders.TryGetValue(KeyOf(pending), out var holder))
                decided[pending] = OutcomeOf(pending.Message.Idempotency!, holder);
        }
    }

    private static List<PendingAccept> FirstOfEachKey(IEnumerable<PendingAccept> keyed) => [.. keyed.DistinctBy(KeyOf)];

    private static (Guid, string, string) KeyOf(PendingAccept pending) =>
        (pending.Caller.Organization.Value, pending.Message.Idempotency!.Operation, pending.Message.Idempotency.Key);

    private static AcceptOutcome OutcomeOf(Idempotency key, KeyHolder holder) =>
        holder.RequestHash.AsSpan().SequenceEqual(key.RequestHash)
            ? new AcceptOutcome.Replayed(holder.Message, holder.Status)
            : new AcceptOutcome.IdempotencyConflict(key.Key);

    private async Task<HashSet<Guid>> InsertKeysAsync(
        NpgsqlConnection connection, List<PendingAccept> keyed, CancellationToken cancellationToken)
    {
        if (keyed.Count == 0)
            return [];
        await using var command = new NpgsqlCommand(
            """
            insert into idempotency_keys as held (organization_id, operation, key, request_hash, message_id, status, expires_at)
            select organization_id, operation, key, request_hash, message_id, status, now() + $7
            from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::uuid[], $6::text[])
                as item (organization_id, operation, key, request_hash, message_id, status)
            on conflict (organization_id, operation, key) do update
                set request_hash = excluded.request_hash, message_id = excluded.message_id, status = excluded.status,
                    expires_at = excluded.expires_at
                where held.expires_at <= now()
            returning message_id
            """, connection);
        command.With(
            keyed.ConvertAll(pending => pending.Caller.Organization.Value),
            keyed.ConvertAll(pending => pending.Message.Idempotency!.Operation),
            keyed.ConvertAll(pending => pending.Message.Idempotency!.Key),
            keyed.ConvertAll(pending => pending.Message.Idempotency!.RequestHash),
            keyed.ConvertAll(pending => pending.Id.Value),
            keyed.ConvertAll(pending => pending.Status.ToText()),
            options.Value.IdempotencyLifetime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var won = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            won.Add(reader.GetGuid(0));
        return won;
    }

    private static async Task<Dictionary<(Guid, string, string), KeyHolder>> FindKeysAsync(
        NpgsqlConnection connection, List<(OrganizationId Organization, Idempotency Key)> keys, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select held.organization_id, held.operation, held.key, held.request_hash, held.message_id, held.status
            from unnest($1::uuid[], $2::text[], $3::text[]) as item (organization_id, operation, key)
            join idempotency_keys held using (organization_id, operation, key)
            """, connection);
        command.With(
            keys.ConvertAll(item => item.Organization.Value),
            keys.ConvertAll(item => item.Key.Operation),
            keys.ConvertAll(item => item.Key.Key));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var holders = new Dictionary<(Guid, string, string), KeyHolder>();
        while (await reader.ReadAsync(cancellationToken))
        {
            holders[(reader.GetGuid(0), reader.GetString(1), reader.GetString(2))] =
                new KeyHolder(reader.GetFieldValue<byte[]>(3), new MessageId(reader.GetGuid(4)), MessageStatusText.Parse(reader.GetString(5)));
        }
        return holders;
    }

    private async Task InsertAsync(NpgsqlConnection connection, List<PendingAccept> messages, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in AcceptStatements.For(messages, options.Value.RetryFor, clock))
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record KeyHolder(byte[] RequestHash, MessageId Message, MessageStatus Status);
}
