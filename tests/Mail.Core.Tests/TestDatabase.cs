using System.Runtime.CompilerServices;
using Mail.Core.Persistence;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Mail.Core.Tests;

/// <summary>Every test class gets a clone of one migrated database, tuned as the hosts tune theirs.</summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private PostgresDatabase? _database;

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    [ModuleInitializer]
    internal static void SetMigration() => PostgresDatabase.Migrate =
        (dataSource, cancellationToken) => new Migrator(dataSource, NullLogger<Migrator>.Instance).MigrateAsync(cancellationToken);

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        var builder = new NpgsqlDataSourceBuilder(_database.ConnectionString);
        MailCore.Tune(builder);
        DataSource = builder.Build();
    }

    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    public async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> map, params object?[] parameters) =>
        await DataSource.QueryAsync(sql, map, CancellationToken.None, parameters);

    public async Task<T> ValueAsync<T>(string sql, params object?[] parameters) =>
        (await RowsAsync(sql, row => row.GetFieldValue<T>(0), parameters)).Single();

    public Task ExecuteAsync(string sql, params object?[] parameters) =>
        DataSource.ExecuteAsync(sql, CancellationToken.None, parameters);
}
