using System.Net;

namespace Mail.Protocol.Dns;

/// <summary>The part of <c>/etc/resolv.conf</c> that a stub resolver for full names needs: which servers to ask.</summary>
public static class ResolvConf
{
    private const int Port = 53;
    private const int MaxServers = 8;
    private const int MaxFileChars = 64 * 1024;

    /// <summary>The system's servers; 127.0.0.1 when the file names none or cannot be read, as resolv.conf(5) says.</summary>
    public static IReadOnlyList<IPEndPoint> ReadSystem(string path = "/etc/resolv.conf")
    {
        try
        {
            using var reader = new StreamReader(path);
            var text = new char[MaxFileChars];
            return Parse(text.AsSpan(0, reader.ReadBlock(text)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Parse("");
        }
    }

    /// <summary>Servers named in the text of the file, at most eight; 127.0.0.1 when there are none.</summary>
    public static IReadOnlyList<IPEndPoint> Parse(ReadOnlySpan<char> text)
    {
        var servers = new List<IPEndPoint>();
        foreach (var line in text.EnumerateLines())
        {
            if (servers.Count < MaxServers && TryReadServer(line, out var address))
                servers.Add(new IPEndPoint(address, Port));
        }
        return servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, Port)];
    }

    private static bool TryReadServer(ReadOnlySpan<char> line, out IPAddress address)
    {
        const string keyword = "nameserver";
        address = IPAddress.None;
        if (!line.StartsWith(keyword, StringComparison.Ordinal) || line.Length == keyword.Length || !char.IsWhiteSpace(line[keyword.Length]))
            return false;
        var value = line[keyword.Length..].Trim();
        var end = value.IndexOfAny(" \t#;");
        value = end < 0 ? value : value[..end];
        // "1" is an address to the parser but a typing error to people.
        var looksLikeAddress = value.Contains(':') || value.Count('.') == 3;
        return looksLikeAddress && IPAddress.TryParse(value, out address!);
    }
}
