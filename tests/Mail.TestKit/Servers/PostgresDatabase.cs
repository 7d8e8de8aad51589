using System.Collections.Concurrent;
using Npgsql;

namespace Mail.TestKit.Servers;

/// <summary>A migrated database of its own for a test class, cloned from a template in about the time of a query.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private const string Template = "mail_template";
    private static readonly ConcurrentDictionary<PostgresServer, Lazy<Task>> Templates = new();
    private static int _count;

    private readonly PostgresServer _server;

    private PostgresDatabase(PostgresServer server, string name)
    {
        _server = server;
        Name = name;
        ConnectionString = server.TestedConnectionStringFor(name);
        DataSource = NpgsqlDataSource.Create(server.ConnectionStringFor(name));
    }

    /// <summary>Fills the template, once for each server. Set it before the first database is made; without it databases are empty.</summary>
    public static Func<NpgsqlDataSource, CancellationToken, Task>? Migrate { get; set; }

    public string Name { get; }

    /// <summary>For what is tested.</summary>
    public string ConnectionString { get; }

    /// <summary>For the test itself.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <param name="server">By default the shared one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PostgresDatabase> CreateAsync(PostgresServer? server = null, CancellationToken cancellationToken = default)
    {
        var host = server ?? await PostgresServer.SharedAsync();
        await Templates.GetOrAdd(host, key => new Lazy<Task>(() => FillTemplateAsync(key))).Value.WaitAsync(cancellationToken);
        var name = $"test_{Interlocked.Increment(ref _count)}";
        await ExecuteAsync(host, $"CREATE DATABASE {name} TEMPLATE {Template}", cancellationToken);
        return new PostgresDatabase(host, name);
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ExecuteAsync(_server, $"DROP DATABASE {Name} WITH (FORCE)", CancellationToken.None);
    }

    private static async Task FillTemplateAsync(PostgresServer server)
    {
        await ExecuteAsync(server, $"CREATE DATABASE {Template}", CancellationToken.None);
        if (Migrate is not { } migrate) return;
        // Without a pool: a connection that stays open would keep the template from being copied.
        await using var dataSource = NpgsqlDataSource.Create(server.ConnectionStringFor(Template) + ";Pooling=false");
        await migrate(dataSource, CancellationToken.None);
    }

    private static async Task ExecuteAsync(PostgresServer server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
