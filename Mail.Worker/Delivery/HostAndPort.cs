using System.Globalization;
using System.Net;

namespace Mail.Worker.Delivery;

/// <summary>A server's address as written in configuration: <c>host:port</c>, <c>[::1]:25</c>, or with <c>tcp://</c> in front.</summary>
internal sealed record HostAndPort(string Host, int Port)
{
    private const string Scheme = "tcp://";

    public EndPoint EndPoint => IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    /// <summary>Null when the text is not of this form.</summary>
    public static HostAndPort? TryParse(string text)
    {
        var rest = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..].TrimEnd('/') : text;
        var colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var host = rest[..colon].TrimStart('[').TrimEnd(']');
        return port is > 0 and <= 65535 && Uri.CheckHostName(host) != UriHostNameType.Unknown ? new HostAndPort(host, port) : null;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
