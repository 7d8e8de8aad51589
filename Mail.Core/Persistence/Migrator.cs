using System.Data;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Mail.Core.Persistence;

/// <summary>
/// Applies the numbered SQL files of <c>Migrations/</c>, forward only, each in its own transaction. Any number of
/// processes may start it at once: an advisory lock lets one work and the others find nothing left to do.
/// </summary>
public sealed partial class Migrator(NpgsqlDataSource database, ILogger<Migrator> logger)
{
    // Any constant will do, as long as nothing else in this database locks it.
    private const long AdvisoryLock = 0x4D61_696C_4D69_6772;

    /// <summary>Returns the number of migrations applied.</summary>
    /// <exception cref="MigrationException">An applied file has changed, or the database is newer than this program.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            var store = new MigrationStore(connection);
            var applied = await store.AppliedAsync(cancellationToken);
            var known = Known();
            Check(known, applied);
            var missing = known.Where(migration => !applied.ContainsKey(migration.Version)).ToList();
            foreach (var migration in missing)
            {
                await store.ApplyAsync(migration, cancellationToken);
                Log.Applied(logger, migration.Name);
            }
            await store.EnsurePartitionsAsync(cancellationToken);
            return missing.Count;
        }
        finally
        {
            // A connection that broke has given the lock back, and its error must be the one that is told.
            if (connection.State == ConnectionState.Open)
                await ExecuteAsync(connection, $"select pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    /// <summary>The migrations this program carries, in order.</summary>
    public static IReadOnlyList<Migration> Known()
    {
        var assembly = typeof(Migrator).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name))];
    }

    private static Migration Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        // A checkout with other line endings is still the same migration.
        var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
        return new Migration(int.Parse(name.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture), name,
            sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }

    private static void Check(IReadOnlyList<Migration> known, Dictionary<int, string> applied)
    {
        foreach (var migration in known)
        {
            if (applied.TryGetValue(migration.Version, out var checksum) && checksum != migration.Checksum)
                throw new MigrationException($"{migration.Name} was changed after it had been applied to this database.");
        }
        var newest = known[^1].Version;
        if (applied.Keys.Any(version => version > newest))
            throw new MigrationException($"The database is at migration {applied.Keys.Max()}, newer than this program's {newest}.");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Applied migration {Name}")]
        public static partial void Applied(ILogger logger, string name);
    }
}

public sealed record Migration(int Version, string Name, string Sql, string Checksum);

public sealed class MigrationException(string message) : Exception(message);
