using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Messages;

/// <summary>Decides in the accepting transaction which recipients of a batch get nothing.</summary>
internal static class AcceptSuppressionStatements
{
    /// <summary>The same messages, those with suppressed recipients knowing of them. One query for the batch.</summary>
    public static async Task<IReadOnlyList<PendingAccept>> ApplyAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingAccept> batch, CancellationToken cancellationToken)
    {
        var reasons = await FindAsync(connection, batch, cancellationToken);
        return reasons.Count == 0 ? batch : [.. batch.Select(pending => Apply(pending, reasons))];
    }

    /// <summary>Messages that want all of their recipients or none, and cannot have all.</summary>
    public static Dictionary<PendingAccept, AcceptOutcome> Refused(IReadOnlyList<PendingAccept> batch)
    {
        var refused = new Dictionary<PendingAccept, AcceptOutcome>(ReferenceEqualityComparer.Instance);
        foreach (var pending in batch)
        {
            if (pending is { Suppressed.Count: > 0, Message.OnSuppressed: SuppressedRecipients.Refuse })
                refused.Add(pending, new AcceptOutcome.RecipientSuppressed(
                    [.. pending.Suppressed.Keys.Order().Select(ordinal => pending.Message.Recipients[ordinal].Mailbox.Address.Address)]));
        }
        return refused;
    }

    private static PendingAccept Apply(PendingAccept pending, Dictionary<(Guid, string), string> reasons)
    {
        if (pending is { IsScheduled: true, Message.OnSuppressed: SuppressedRecipients.Skip })
            return pending;
        Dictionary<int, string>? suppressed = null;
        for (var ordinal = 0; ordinal < pending.AddressKeys.Length; ordinal++)
        {
            if (reasons.TryGetValue((pending.Caller.Organization.Value, pending.AddressKeys[ordinal]), out var reason))
                (suppressed ??= []).Add(ordinal, reason);
        }
        return suppressed is null ? pending : pending with { Suppressed = suppressed };
    }

    private static async Task<Dictionary<(Guid, string), string>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingAccept> batch, CancellationToken cancellationToken)
    {
        var organizations = new List<Guid>(batch.Count);
        var keys = new List<string>(batch.Count);
        foreach (var pending in batch)
        {
            foreach (var key in pending.AddressKeys)
            {
                organizations.Add(pending.Caller.Organization.Value);
                keys.Add(key);
            }
        }
        await using var command = new NpgsqlCommand(
            """
            select s.organization_id, s.address_key, s.reason
            from unnest($1::uuid[], $2::text[]) as item (organization_id, address_key)
            join suppressions s using (organization_id, address_key)
            where s.expires_at is null or s.expires_at > now()
            """, connection);
        command.With(organizations, keys);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var reasons = new Dictionary<(Guid, string), string>();
        while (await reader.ReadAsync(cancellationToken))
            reasons[(reader.GetGuid(0), reader.GetString(1))] = reader.GetString(2);
        return reasons;
    }
}
