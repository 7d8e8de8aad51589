using Mail.Core.Persistence;
using Mail.Core.Suppressions;
using Npgsql;

namespace Mail.Core.Bounces;

internal static class SoftBounceStatements
{
    // Three messages in a row, over at least a day: a mailbox that was full for an afternoon is none of these.
    private const int Limit = 3;
    private static readonly TimeSpan LeastTime = TimeSpan.FromHours(24);

    /// <summary>Counts them. Returns the suppressions of those addresses that have had enough.</summary>
    public static async Task<List<NewSuppression>> CountAsync(
        NpgsqlConnection connection, List<SoftBounce> bounces, CancellationToken cancellationToken)
    {
        if (bounces.Count == 0)
            return [];
        await using var command = new NpgsqlCommand(
            """
            insert into soft_bounces as b (organization_id, address_key, count)
            select organization_id, address_key, count(*)
            from unnest($1::uuid[], $2::text[]) as item (organization_id, address_key)
            group by organization_id, address_key order by organization_id, address_key
            on conflict (organization_id, address_key) do update set count = b.count + excluded.count, last_at = now()
            returning organization_id, address_key, count >= $3 and last_at - first_at >= $4
            """, connection);
        command.With(
            bounces.ConvertAll(bounce => bounce.Organization.Value), bounces.ConvertAll(bounce => bounce.Key), Limit, LeastTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var enough = new HashSet<(Guid, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetBoolean(2))
                enough.Add((reader.GetGuid(0), reader.GetString(1)));
        }
        return bounces.FindAll(bounce => enough.Contains((bounce.Organization.Value, bounce.Key))).ConvertAll(bounce => new NewSuppression(
            bounce.Organization, bounce.Address, bounce.Key, SuppressionReason.RepeatedSoftBounce, SuppressionSource.BounceProcessor,
            Message: bounce.Message));
    }
}
