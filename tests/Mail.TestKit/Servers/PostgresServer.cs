using System.Net.Sockets;
using Npgsql;

namespace Mail.TestKit.Servers;

/// <summary>A real PostgreSQL. Tests take a <see cref="PostgresDatabase"/> of it.</summary>
public sealed class PostgresServer : TestServer
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private PostgresServer() : base("run-postgres")
    {
    }

    public override string ConnectionString => ConnectionStringFor("postgres");

    /// <summary>The one for all tests of this process. It is never stopped: a test that stops its server starts its own.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        await server.StartAgainAsync();
        return server;
    }

    public string ConnectionStringFor(string database) => ConnectionStringFor(database, Port);

    /// <summary>For what is tested: over a <see cref="SlowLink"/>.</summary>
    public string TestedConnectionStringFor(string database) => ConnectionStringFor(database, SlowLink.To(Port));

    private static string ConnectionStringFor(string database, int port) =>
        $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};Maximum Pool Size=20;Timeout=10;Include Error Detail=true";

    // The data is in memory, where fsync costs nothing and means nothing; the commit path stays that of production.
    protected override IEnumerable<string> Arguments => ["-c", "fsync=off", "-c", "max_connections=500", "-c", "shared_buffers=128MB"];

    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            return false;
        }
    }
}
