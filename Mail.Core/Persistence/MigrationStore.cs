using Npgsql;

namespace Mail.Core.Persistence;

internal sealed class MigrationStore(NpgsqlConnection connection)
{
    /// <summary>Checksums by version.</summary>
    public async Task<Dictionary<int, string>> AppliedAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("""
                    create table if not exists schema_migrations (
                        version     integer     not null primary key,
                        name        text        not null,
                        checksum    text        not null,
                        applied_at  timestamptz not null default now()
                    )
                    """),
                new("select version, checksum from schema_migrations"),
            },
        };
        var applied = new Dictionary<int, string>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        return applied;
    }

    /// <summary>The newest version that is applied; 0 for none.</summary>
    public static async Task<int> NewestAsync(NpgsqlDataSource database, CancellationToken cancellationToken) =>
        (await database.QueryAsync("select coalesce(max(version), 0) from schema_migrations", row => row.GetInt32(0), cancellationToken))[0];

    public async Task ApplyAsync(Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = 0 })
            await command.ExecuteNonQueryAsync(cancellationToken);
        await using (var record = new NpgsqlCommand(
            "insert into schema_migrations (version, name, checksum) values ($1, $2, $3)", connection, transaction))
        {
            record.Parameters.AddWithValue(migration.Version);
            record.Parameters.AddWithValue(migration.Name);
            record.Parameters.AddWithValue(migration.Checksum);
            await record.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task EnsurePartitionsAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select ensure_month_partitions(3)", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
