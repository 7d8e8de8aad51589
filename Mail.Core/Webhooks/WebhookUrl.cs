using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Mail.Core.Net;
using Mail.Protocol.Addresses;

namespace Mail.Core.Webhooks;

/// <summary>
/// Which addresses an endpoint may have. This tells mistakes early; what protects is the check of every address at the
/// moment of connecting, because a name can point elsewhere by then.
/// </summary>
public static class WebhookUrl
{
    public const int MaxLength = 2048;

    private const int FirstUnprivilegedPort = 1024;

    /// <summary>Null when the URL is good, otherwise what is wrong with it.</summary>
    public static string? Check(string text, WebhookOptions options)
    {
        if (text.Length > MaxLength)
            return $"url has at most {MaxLength} characters.";
        // System.Uri repairs what a strict reader refuses, and the two would then see different hosts.
        if (text.Any(character => character <= ' ' || character == '\\' || char.IsControl(character) || char.IsSurrogate(character)))
            return "url must not have spaces, control characters or backslashes.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !text.StartsWith(url.Scheme + "://", StringComparison.OrdinalIgnoreCase))
            return "url must be an absolute URL such as https://example.com/hooks.";
        if (url.Scheme != Uri.UriSchemeHttps && !(options.AllowHttp && url.Scheme == Uri.UriSchemeHttp))
            return options.AllowHttp ? "url must begin with https:// or http://." : "url must begin with https://.";
        if (url.UserInfo.Length > 0 || Authority(text).Contains('@', StringComparison.Ordinal))
            return "url must not have a user name or password.";
        if (url.Fragment.Length > 0)
            return "url must not have a fragment (#…).";
        var policy = options.AddressPolicy();
        return CheckPort(url.Port) ?? CheckHost(url, policy);
    }

    /// <summary>The host as it is connected to: an address, or a name in A-labels.</summary>
    public static bool TryReadLiteral(string host, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(host.Trim('[', ']'), out address);

    /// <summary>What ends in a number is an address to some readers (decimal, octal, hex) and a name to others.</summary>
    public static bool LooksNumeric(string host)
    {
        var last = host.TrimEnd('.').Split('.')[^1];
        return last.Length > 0 && (last.All(char.IsAsciiDigit)
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last.AsSpan(2).IndexOfAnyExcept(Hex) < 0));
    }

    private static readonly System.Buffers.SearchValues<char> Hex = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    // A signed request is text that its sender chose in part: it must not reach mail servers and the like.
    private static string? CheckPort(int port) => port is 80 or 443 or >= FirstUnprivilegedPort
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"url must have port 80, 443 or one from {FirstUnprivilegedPort}, not {port}.");

    private static string? CheckHost(Uri url, AddressPolicy policy)
    {
        const string NotPublic = "url must be at a public address.";
        if (TryReadLiteral(url.IdnHost, out var address))
            return policy.Allows(address) ? null : NotPublic;
        var host = url.IdnHost;
        if (LooksNumeric(host) || !DomainName.TryParse(host.TrimEnd('.'), out _))
            return "url must have a valid host name.";
        var isLocal = !host.TrimEnd('.').Contains('.', StringComparison.Ordinal) || IsBelow(host, "localhost") || IsBelow(host, "local")
            || IsBelow(host, "internal");
        return isLocal && !policy.AllowsLocalNames ? NotPublic : null;
    }

    private static bool IsBelow(string host, string domain) =>
        host.TrimEnd('.').EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

    private static string Authority(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return end < 0 ? text[start..] : text.Substring(start, end);
    }
}
