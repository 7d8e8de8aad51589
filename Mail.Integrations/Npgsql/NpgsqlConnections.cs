using Aspire.Npgsql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Integrations.Npgsql;

internal static class NpgsqlConnections
{
    public static NpgsqlDataSource Create(IServiceProvider services, string connectionName, Action<NpgsqlDataSourceBuilder>? configure)
    {
        var settings = services.GetRequiredService<IOptionsMonitor<NpgsqlSettings>>().Get(connectionName);
        var application = services.GetRequiredService<IHostEnvironment>().ApplicationName;
        var dataSource = new NpgsqlDataSourceBuilder(Complete(settings, application).ConnectionString) { Name = connectionName };
        dataSource.UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
        configure?.Invoke(dataSource);
        return dataSource.Build();
    }

    /// <summary>What is wrong with the connection string, or null.</summary>
    public static string? Check(string connectionString)
    {
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrEmpty(parsed.Host) ? "it has no Host" : null;
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or InvalidCastException)
        {
            return malformed.Message;
        }
    }

    /// <summary>The connection string with the settings' time-outs where it has none of its own.</summary>
    internal static NpgsqlConnectionStringBuilder Complete(NpgsqlSettings settings, string application)
    {
        var connection = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        SetDefault(connection, "Timeout", Seconds(settings.ConnectTimeout));
        SetDefault(connection, "Command Timeout", Seconds(settings.CommandTimeout));
        SetDefault(connection, "Keepalive", Seconds(settings.KeepAlive));
        SetDefault(connection, "Application Name", application);
        return connection;
    }

    private static void SetDefault(NpgsqlConnectionStringBuilder connection, string keyword, object value)
    {
        if (!connection.ShouldSerialize(keyword)) connection[keyword] = value;
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
