using System.Globalization;
using System.Net;
using System.Net.Security;

namespace Mail.Integrations.Redis;

/// <summary>
/// Connection settings in the connection-string syntax of StackExchange.Redis: <c>host:port,password=…,ssl=true,…</c>.
/// </summary>
public sealed record RedisConfiguration
{
    private const int DefaultPort = 6379;
    private const int DefaultTlsPort = 6380;

    public required string Host { get; init; }
    public required int Port { get; init; }

    /// <summary>ACL user; null means Redis' <c>default</c> user.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>TLS, with the server's certificate checked against <see cref="SslHost"/>.</summary>
    public bool Ssl { get; init; }

    /// <summary>Name expected in the server's certificate; by default <see cref="Host"/>.</summary>
    public string? SslHost { get; init; }

    /// <summary>Replaces the check of the server's certificate; by default the system's trusted roots decide.</summary>
    internal RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>Longest time to connect, including TLS and sign-in. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for one command. Default 2 s.</summary>
    public TimeSpan SyncTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Idle time after which the connection is probed. Default 10 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True: <see cref="RedisClient.ConnectAsync"/> throws when the first attempt fails. Default false. Commands never wait for more than <see cref="SyncTimeout"/>.</summary>
    public bool AbortOnConnectFail { get; init; }

    public int DefaultDatabase { get; init; }

    /// <summary>Shown by <c>CLIENT LIST</c>.</summary>
    public string? ClientName { get; init; }

    /// <exception cref="FormatException">Names the key that cannot be used; never contains a value that may be secret.</exception>
    public static RedisConfiguration Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        string? endpoint = null;
        var configuration = new RedisConfiguration { Host = "", Port = 0 };
        foreach (var part in connectionString.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
                configuration = configuration.With(part[..equals].Trim(), part[(equals + 1)..].Trim());
            else if (endpoint is null)
                endpoint = part;
            else
                throw new FormatException("more than one host:port is given; clusters and sentinels are not supported");
        }
        if (endpoint is null) throw new FormatException("it has no host:port");
        var (host, port) = ParseEndpoint(endpoint, configuration.Ssl ? DefaultTlsPort : DefaultPort);
        return configuration with { Host = host, Port = port };
    }

    private RedisConfiguration With(string key, string value) => key.ToUpperInvariant() switch
    {
        "USER" => this with { User = value.Length == 0 ? null : value },
        "PASSWORD" => this with { Password = value.Length == 0 ? null : value },
        "SSL" => this with { Ssl = Boolean(key, value) },
        "SSLHOST" => this with { SslHost = value },
        "CONNECTTIMEOUT" => this with { ConnectTimeout = Milliseconds(key, value) },
        "SYNCTIMEOUT" or "ASYNCTIMEOUT" => this with { SyncTimeout = Milliseconds(key, value) },
        "KEEPALIVE" => this with { KeepAlive = TimeSpan.FromSeconds(Number(key, value, 1, 3600)) },
        "ABORTCONNECT" => this with { AbortOnConnectFail = Boolean(key, value) },
        "DEFAULTDATABASE" => this with { DefaultDatabase = Number(key, value, 0, 65_535) },
        "NAME" => this with { ClientName = ClientNameOf(key, value) },
        _ => throw new FormatException($"the key '{key}' is not known"),
    };

    private static (string Host, int Port) ParseEndpoint(string endpoint, int defaultPort)
    {
        // [::1]:6379 has its own colons; a bare IPv6 address has no port.
        if (IPAddress.TryParse(endpoint, out var bare) && endpoint.Count(':') > 1 && !endpoint.Contains("]:", StringComparison.Ordinal))
            return (bare.ToString(), defaultPort);
        var colon = endpoint.LastIndexOf(':');
        if (colon < 0) return (endpoint, defaultPort);
        var host = endpoint[..colon].Trim('[', ']');
        if (host.Length == 0 || !int.TryParse(endpoint[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
            throw new FormatException($"'{endpoint}' is not host:port");
        return (host, port);
    }

    private static bool Boolean(string key, string value) =>
        bool.TryParse(value, out var parsed) ? parsed : throw new FormatException($"the value of '{key}' is not true or false");

    private static TimeSpan Milliseconds(string key, string value) => TimeSpan.FromMilliseconds(Number(key, value, 1, 600_000));

    private static int Number(string key, string value, int minimum, int maximum) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed >= minimum && parsed <= maximum
            ? parsed
            : throw new FormatException($"the value of '{key}' is not a number from {minimum} to {maximum}");

    private static string ClientNameOf(string key, string value) =>
        value.All(c => c is > ' ' and <= '~') ? value : throw new FormatException($"the value of '{key}' has a space or a special character");

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host}:{Port}/{DefaultDatabase}";
}
