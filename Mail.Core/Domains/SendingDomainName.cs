using Mail.Protocol.Addresses;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains;

/// <summary>Which names can be sending domains.</summary>
public sealed class SendingDomainName(IOptions<MailHostOptions> host)
{
    public const string DefaultMailFrom = "mail";
    private const int MaxName = 253; // RFC 1035 §2.3.4
    private const int MaxLabel = 63; // RFC 1035 §2.3.4
    // The longest name made of it but for the return path: _domainkey with its selector.
    private static readonly int LongestPrefix = "ms1._domainkey.".Length;

    // Names that are kept out of the public DNS.
    private static readonly HashSet<string> Special = ["localhost", "local", "invalid", "onion", "alt", "arpa", "internal"];

    // Second-level names under which countries register domains: what stands there belongs to the registry.
    private static readonly HashSet<string> RegistryLabels =
        ["ac", "co", "com", "edu", "gob", "gouv", "gov", "govt", "ltd", "mil", "ne", "net", "or", "org", "plc", "sch"];

    /// <summary>The name in A-labels, or what is wrong with it.</summary>
    public (string? Name, string? Problem) Read(string text, string mailFromSubdomain = DefaultMailFrom)
    {
        var trimmed = text.EndsWith('.') ? text.AsSpan(0, text.Length - 1) : text;
        if (!DomainName.TryParse(trimmed, out var domain, out _))
            return (null, "It is not a domain name.");
        var name = domain.Ascii;
        var labels = name.Split('.');
        if (labels.Length < 2)
            return (null, "A sending domain has at least two labels, such as example.com.");
        if (labels[^1].All(char.IsAsciiDigit))
            return (null, "An IP address is no domain.");
        if (Special.Contains(labels[^1]))
            return (null, $"Names under '{labels[^1]}' are not in the public DNS.");
        // A heuristic, not the list of all public suffixes: what it lets through still has to be proven in DNS.
        if (labels is [var second, { Length: 2 }] && RegistryLabels.Contains(second))
            return (null, $"'{name}' is a public suffix: domains are registered under it.");
        if (IsOurs(name))
            return (null, $"'{name}' belongs to this installation.");
        return name.Length + Math.Max(LongestPrefix, mailFromSubdomain.Length + 1) > MaxName
            ? (null, "The name is too long for the records under it.")
            : (name, null);
    }

    /// <summary>One label in ASCII.</summary>
    public static bool IsMailFromSubdomain(string text) =>
        text.Length is > 0 and <= MaxLabel && text[0] != '-' && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private bool IsOurs(string name) => IsAtOrBelow(name, host.Value.Name) || IsAtOrBelow(name, host.Value.BounceDomain);

    internal static bool IsAtOrBelow(string name, string zone) =>
        name.Equals(zone, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase);
}
