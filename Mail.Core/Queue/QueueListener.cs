using Npgsql;

namespace Mail.Core.Queue;

/// <summary>Hears the <see cref="QueueSignal"/> of other processes.</summary>
public sealed class QueueListener(NpgsqlDataSource database)
{
    /// <summary>Calls back for every signal over one connection of its own until that breaks or the caller cancels.</summary>
    /// <exception cref="NpgsqlException">The connection could not be made or broke: signals may have been missed.</exception>
    public async Task ListenAsync(Action signalled, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, _) => signalled();
        await using (var command = new NpgsqlCommand($"listen {QueueSignal.Channel}", connection))
            await command.ExecuteNonQueryAsync(cancellationToken);
        while (true)
            await connection.WaitAsync(cancellationToken);
    }
}
