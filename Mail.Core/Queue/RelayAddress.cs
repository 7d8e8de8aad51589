using System.Globalization;

namespace Mail.Core.Queue;

/// <summary>A relay as operators write it: <c>host:port</c> or <c>[::1]:25</c>.</summary>
public static class RelayAddress
{
    public static bool IsValid(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            && Uri.CheckHostName(text[..colon].TrimStart('[').TrimEnd(']')) != UriHostNameType.Unknown;
    }
}
