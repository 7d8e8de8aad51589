using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>Where a recipient domain was found to lead.</summary>
public readonly record struct KnownDestination(string Domain, string Destination, string Provider);

/// <summary>How a worker sees a destination that it has work for.</summary>
/// <param name="Reason">Why it is slower than usual or gets nothing; null when nothing holds it back.</param>
public sealed record DestinationState(
    string Destination, string Provider, int InProgress, int Waiting, double Speed, string? Reason, DateTimeOffset? Until);

/// <summary>What workers write about destinations for people to read. Nothing decides by it.</summary>
public sealed class DestinationStore(NpgsqlDataSource database)
{
    public Task LearnAsync(IReadOnlyCollection<KnownDestination> found, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        insert into delivery_destinations (domain, destination, provider)
        select distinct on (domain) domain, destination, provider
        from unnest($1::text[], $2::text[], $3::text[]) as item (domain, destination, provider) order by domain
        on conflict (domain) do update set destination = excluded.destination, provider = excluded.provider, seen_at = now()
        """,
        cancellationToken, found.Select(item => item.Domain).ToArray(), found.Select(item => item.Destination).ToArray(),
        found.Select(item => item.Provider).ToArray());

    /// <summary>Replaces what the worker said before.</summary>
    public async Task ReportAsync(string worker, IReadOnlyCollection<DestinationState> states, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Batched.Command("delete from delivery_destination_states where worker = $1", new NpgsqlParameter { Value = worker }));
        var rows = states.ToList();
        batch.BatchCommands.Add(Batched.Command(
            """
            insert into delivery_destination_states (destination, worker, provider, in_progress, waiting, speed, reason, until)
            select destination, $1, provider, in_progress, waiting, speed, reason, until
            from unnest($2::text[], $3::text[], $4::integer[], $5::integer[], $6::real[], $7::text[], $8::timestamptz[])
                as item (destination, provider, in_progress, waiting, speed, reason, until)
            """,
            new NpgsqlParameter { Value = worker },
            Batched.Texts(rows, row => row.Destination), Batched.Texts(rows, row => row.Provider),
            Batched.Array(rows, row => row.InProgress, NpgsqlTypes.NpgsqlDbType.Integer),
            Batched.Array(rows, row => row.Waiting, NpgsqlTypes.NpgsqlDbType.Integer),
            Batched.Array(rows, row => (float)row.Speed, NpgsqlTypes.NpgsqlDbType.Real),
            Batched.Texts(rows, row => row.Reason),
            Batched.Array(rows, row => row.Until?.ToUniversalTime(), NpgsqlTypes.NpgsqlDbType.TimestampTz)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets what workers said that are gone, and domains not seen for a month.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await database.ExecuteAsync("delete from delivery_destination_states where seen_at < now() - interval '1 minute'", cancellationToken);
        await database.ExecuteAsync("delete from delivery_destinations where seen_at < now() - interval '30 days'", cancellationToken);
    }
}
