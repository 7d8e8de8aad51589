namespace Aspire.Npgsql;

/// <summary>How the data source of one connection name is made.</summary>
public sealed class NpgsqlSettings
{
    /// <summary>Postgres connection string; by default <c>ConnectionStrings:&lt;name&gt;</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves the health check out.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Time to open a connection or to get one from the pool, when the connection string does not say. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for one command, when the connection string does not say. Default 15 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Idle time after which a pooled connection is probed, when the connection string does not say. Default 30 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);
}
