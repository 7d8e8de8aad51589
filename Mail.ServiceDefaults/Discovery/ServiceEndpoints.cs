using Microsoft.Extensions.Configuration;

namespace Mail.ServiceDefaults.Discovery;

/// <summary>
/// Finds the address behind a logical name such as <c>http://api</c>, <c>https+http://api</c> or <c>http://_admin.api</c>
/// in the <c>services__api__http__0</c> variables that the AppHost injects. Replicas are taken in turn.
/// </summary>
internal sealed class ServiceEndpoints(IConfiguration configuration)
{
    private uint _turn;

    /// <summary>The uri with the real address in it, or the same uri when its host is not a known service.</summary>
    public Uri Resolve(Uri uri)
    {
        var (endpoint, service) = SplitHost(uri.Host);
        var section = configuration.GetSection("services").GetSection(service);
        if (!section.Exists()) return uri;
        var schemes = uri.Scheme.Split('+');
        var names = endpoint is null ? schemes : [endpoint];
        foreach (var name in names)
        {
            var addresses = section.GetSection(name).GetChildren().Select(child => child.Value).OfType<string>().ToArray();
            if (addresses.Length == 0) continue;
            var address = new Uri(addresses[Interlocked.Increment(ref _turn) % addresses.Length], UriKind.Absolute);
            return new UriBuilder(uri) { Scheme = address.Scheme, Host = address.Host, Port = address.Port }.Uri;
        }
        throw new InvalidOperationException(
            $"Service '{service}' has no endpoint '{string.Join("' or '", names)}'. Expected configuration key 'services:{service}:{names[0]}:0'.");
    }

    private static (string? Endpoint, string Service) SplitHost(string host)
    {
        if (!host.StartsWith('_')) return (null, host);
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (null, host) : (host[1..dot], host[(dot + 1)..]);
    }
}
