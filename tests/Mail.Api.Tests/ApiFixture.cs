using System.Runtime.CompilerServices;
using Mail.Core.Persistence;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Api.Tests;

/// <summary>The API in this process over a database of its own. One for all tests: each makes the tenants it needs.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private PostgresDatabase? _database;
    private ApiApplication? _application;

    internal ApiApplication Application => _application!;

    internal PostgresDatabase Database => _database!;

    [ModuleInitializer]
    internal static void SetMigration() =>
        PostgresDatabase.Migrate = (dataSource, cancellationToken) =>
            new Migrator(dataSource, NullLogger<Migrator>.Instance).MigrateAsync(cancellationToken);

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        var blobs = await AzuriteServer.SharedAsync();
        _application = new ApiApplication(_database.ConnectionString, blobs.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await Application.DisposeAsync();
        await Database.DisposeAsync();
    }

    internal Task<Tenant> TenantAsync() => Application.TenantAsync();
}

[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "api";
}
