using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mail.Protocol.Spf;

/// <summary>
/// Reads <c>v=spf1</c> records by the grammar of RFC 7208 §12. A syntax error anywhere spoils the record (RFC 7208 §4.6).
/// </summary>
internal static class SpfRecordParser
{
    private const int Bits4 = 32;
    private const int Bits6 = 128;

    public static SpfRecord? Parse(string text, out string? problem)
    {
        var directives = new List<SpfDirective>();
        SpfMacroString? redirect = null, explanation = null;
        problem = SpfRecord.IsPolicy(text) ? null : "not an SPF record";
        if (problem is not null)
            return null;
        // RFC 7208 §4.6.1: terms are separated by spaces and nothing else.
        foreach (var term in text[SpfRecord.Version.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var ok = ModifierName(term) switch
            {
                null => TryParseDirective(term, directives),
                // RFC 7208 §6: each at most once.
                "redirect" => redirect is null && (redirect = SpfMacroString.ParseDomain(term.AsSpan("redirect=".Length))) is not null,
                "exp" => explanation is null && (explanation = SpfMacroString.ParseDomain(term.AsSpan("exp=".Length))) is not null,
                { Length: var length } => SpfMacroString.IsModifierValue(term.AsSpan(length + 1)),
            };
            if (ok)
                continue;
            problem = $"syntax error in \"{Printable(term)}\"";
            return null;
        }
        return new SpfRecord(directives, redirect, explanation);
    }

    // name "=": the name in lower case, or null when the term is no modifier.
    private static string? ModifierName(string term)
    {
        var equals = term.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !char.IsAsciiLetter(term[0]))
            return null;
        var name = term[..equals];
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? name.ToLowerInvariant() : null;
    }

    private static bool TryParseDirective(string term, List<SpfDirective> directives)
    {
        SpfResult? qualifier = term[0] switch
        {
            '+' => SpfResult.Pass,
            '-' => SpfResult.Fail,
            '~' => SpfResult.Softfail,
            '?' => SpfResult.Neutral,
            _ => null,
        };
        var body = qualifier is null ? term : term[1..];
        var nameEnd = body.AsSpan().IndexOfAny(':', '/');
        nameEnd = nameEnd < 0 ? body.Length : nameEnd;
        if (MechanismNamed(body.AsSpan(0, nameEnd)) is not { } mechanism)
            return false;
        var directive = new SpfDirective(term, qualifier ?? SpfResult.Pass, mechanism, null, null, Bits4, Bits6);
        if (ParseArguments(directive, body.AsSpan(nameEnd)) is not { } complete)
            return false;
        directives.Add(complete);
        return true;
    }

    private static SpfMechanism? MechanismNamed(ReadOnlySpan<char> name)
    {
        Span<char> lower = stackalloc char[8];
        if (name.Length >= lower.Length)
            return null;
        return lower[..name.ToLowerInvariant(lower)] switch
        {
            "all" => SpfMechanism.All,
            "include" => SpfMechanism.Include,
            "a" => SpfMechanism.A,
            "mx" => SpfMechanism.Mx,
            "ptr" => SpfMechanism.Ptr,
            "ip4" => SpfMechanism.Ip4,
            "ip6" => SpfMechanism.Ip6,
            "exists" => SpfMechanism.Exists,
            _ => null,
        };
    }

    private static SpfDirective? ParseArguments(SpfDirective directive, ReadOnlySpan<char> arguments) => directive.Mechanism switch
    {
        SpfMechanism.All => arguments.IsEmpty ? directive : null,
        SpfMechanism.Include or SpfMechanism.Exists => WithTarget(directive, arguments, required: true),
        SpfMechanism.Ptr => WithTarget(directive, arguments, required: false),
        SpfMechanism.A or SpfMechanism.Mx => WithTargetAndPrefixes(directive, arguments),
        SpfMechanism.Ip4 => WithNetwork(directive, arguments, AddressFamily.InterNetwork),
        SpfMechanism.Ip6 => WithNetwork(directive, arguments, AddressFamily.InterNetworkV6),
        _ => throw new ArgumentOutOfRangeException(nameof(directive)),
    };

    private static SpfDirective? WithTarget(SpfDirective directive, ReadOnlySpan<char> arguments, bool required)
    {
        if (arguments.IsEmpty)
            return required ? null : directive;
        return arguments[0] == ':' && SpfMacroString.ParseDomain(arguments[1..]) is { } target ? directive with { Target = target } : null;
    }

    // [":" domain-spec] [ "/" digits ] [ "//" digits ]
    private static SpfDirective? WithTargetAndPrefixes(SpfDirective directive, ReadOnlySpan<char> arguments)
    {
        var (prefix4, prefix6) = (Bits4, Bits6);
        var slashes = arguments.LastIndexOf("//");
        if (slashes >= 0 && IsDigits(arguments[(slashes + 2)..]))
        {
            if (!TryParsePrefix(arguments[(slashes + 2)..], Bits6, out prefix6))
                return null;
            arguments = arguments[..slashes];
        }
        var slash = arguments.LastIndexOf('/');
        if (slash >= 0 && IsDigits(arguments[(slash + 1)..]))
        {
            if (!TryParsePrefix(arguments[(slash + 1)..], Bits4, out prefix4))
                return null;
            arguments = arguments[..slash];
        }
        return WithTarget(directive with { Prefix4 = prefix4, Prefix6 = prefix6 }, arguments, required: false);
    }

    private static SpfDirective? WithNetwork(SpfDirective directive, ReadOnlySpan<char> arguments, AddressFamily family)
    {
        if (arguments.IsEmpty || arguments[0] != ':')
            return null;
        var bits = family == AddressFamily.InterNetwork ? Bits4 : Bits6;
        var slash = arguments.IndexOf('/');
        var prefix = bits;
        if (slash >= 0 && !TryParsePrefix(arguments[(slash + 1)..], bits, out prefix))
            return null;
        var text = slash < 0 ? arguments[1..] : arguments[1..slash];
        if (ParseAddress(text, family) is not { } address)
            return null;
        return directive with { Network = address, Prefix4 = prefix, Prefix6 = prefix };
    }

    // The framework also reads octal, hexadecimal, short forms and scopes; the grammar does not.
    private static IPAddress? ParseAddress(ReadOnlySpan<char> text, AddressFamily family)
    {
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != family)
            return null;
        return family == AddressFamily.InterNetwork
            ? address.ToString().AsSpan().SequenceEqual(text) ? address : null
            : text.IndexOfAny("%[]/") < 0 ? address : null;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;

    // No leading zeros: "0" or a number that starts otherwise.
    private static bool TryParsePrefix(ReadOnlySpan<char> text, int maximum, out int prefix)
    {
        prefix = 0;
        return IsDigits(text) && text.Length <= 3 && (text[0] != '0' || text.Length == 1)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= maximum;
    }

    private static string Printable(string term)
    {
        const int longest = 100;
        var shown = term.Length > longest ? term[..longest] + "…" : term;
        return string.Concat(shown.Select(c => c is >= ' ' and <= '~' or '…' ? c : '?'));
    }
}
