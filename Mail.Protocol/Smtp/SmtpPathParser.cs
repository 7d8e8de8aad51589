using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Reads paths and mailboxes of the envelope grammar (RFC 5321 §4.1.2, RFC 6531 §3.3) in one pass.</summary>
internal static class SmtpPathParser
{
    // RFC 5322 §3.2.3 atext and the dot; octets above 127 are added by RFC 6531 §3.3.
    private static readonly SearchValues<byte> DotStringOctets = SearchValues.Create(
        [.. "!#$%&'*+-/=?^_`{|}~.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8, .. HighOctets()]);

    private static readonly SearchValues<byte> DomainOctets = SearchValues.Create(
        [.. "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8, .. HighOctets()]);

    private static readonly SearchValues<char> DotStringChars =
        SearchValues.Create("!#$%&'*+-/=?^_`{|}~.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Reads <c>&lt;…&gt;</c> at the start; returns the octets taken, 0 when there is no valid path.</summary>
    public static int TryParsePath(ReadOnlySpan<byte> input, out SmtpPath path)
    {
        path = SmtpPath.Null;
        if (input.Length < 2 || input[0] != '<')
            return 0;
        if (input[1] == '>')
            return 2;
        var at = 1 + SourceRouteLength(input[1..]);
        var length = TryParseMailbox(input[at..], out path);
        if (length == 0)
            return TryParsePostmaster(input, out path);
        at += length;
        if (at >= input.Length || input[at] != '>' || at + 1 > SmtpLimits.MaxPathOctets)
            return 0;
        return at + 1;
    }

    /// <summary>Reads <c>local-part@domain</c> at the start; returns the octets taken, 0 when there is none.</summary>
    public static int TryParseMailbox(ReadOnlySpan<byte> input, out SmtpPath path)
    {
        path = SmtpPath.Null;
        var quoted = input.Length > 0 && input[0] == '"';
        var at = quoted ? QuotedLength(input) : DotStringLength(input);
        if (at == 0 || at >= input.Length || input[at] != '@')
            return 0;
        var local = input[..at];
        at++;
        var domainLength = DomainLength(input[at..]);
        var domain = input.Slice(at, domainLength);
        at += domainLength;
        // RFC 5321 §4.5.3.1.3: 256 octets with the angle brackets.
        if (domainLength == 0 || at + 2 > SmtpLimits.MaxPathOctets)
            return 0;
        if (!SmtpCharacters.IsText(local) || !SmtpCharacters.IsText(domain))
            return 0;
        path = SmtpPath.FromParsed(quoted ? Unquote(local) : Encoding.UTF8.GetString(local), Encoding.UTF8.GetString(domain));
        return at;
    }

    /// <summary>Reads a domain or an address literal at the start; returns the octets taken, 0 when there is none.</summary>
    public static int DomainLength(ReadOnlySpan<byte> input)
    {
        if (input.Length == 0)
            return 0;
        if (input[0] == '[')
            return AddressLiteralLength(input);
        var length = input.IndexOfAnyExcept(DomainOctets);
        if (length < 0)
            length = input.Length;
        // RFC 5321 §4.5.3.1.2
        return length <= SmtpLimits.MaxDomainOctets && AreLabels(input[..length]) ? length : 0;
    }

    /// <summary>Whether an unquoted local part can be written without quotes.</summary>
    public static bool IsDotString(ReadOnlySpan<char> local)
    {
        if (local.Length == 0 || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (var c in local)
        {
            if (c < 128 && !DotStringChars.Contains(c))
                return false;
        }
        return true;
    }

    /// <summary>Whether a local part can be written at all, quoted if need be: no control characters, no lone surrogates.</summary>
    public static bool IsLocalPartContent(ReadOnlySpan<char> local)
    {
        while (local.Length > 0)
        {
            if (Rune.DecodeFromUtf16(local, out var rune, out var taken) != OperationStatus.Done || SmtpCharacters.IsControl(rune))
                return false;
            local = local[taken..];
        }
        return true;
    }

    // RFC 5321 §4.1.1.3 and appendix C: source routes are accepted and ignored.
    private static int SourceRouteLength(ReadOnlySpan<byte> input)
    {
        var at = 0;
        while (at < input.Length && input[at] == '@')
        {
            var domain = DomainLength(input[(at + 1)..]);
            at += 1 + domain;
            if (domain == 0 || at >= input.Length)
                return 0;
            if (input[at] == ':')
                return at + 1;
            if (input[at++] != ',')
                return 0;
        }
        return 0;
    }

    // RFC 5321 §4.5.1: "RCPT TO:<Postmaster>", case-insensitive, without a domain.
    private static int TryParsePostmaster(ReadOnlySpan<byte> input, out SmtpPath path)
    {
        var matches = input.Length >= 12 && Ascii.EqualsIgnoreCase(input[..12], "<postmaster>"u8);
        path = matches ? SmtpPath.Postmaster : SmtpPath.Null;
        return matches ? 12 : 0;
    }

    private static int DotStringLength(ReadOnlySpan<byte> input)
    {
        var length = input.IndexOfAnyExcept(DotStringOctets);
        if (length <= 0)
            return 0;
        var local = input[..length];
        return local[0] == '.' || local[^1] == '.' || local.IndexOf(".."u8) >= 0 ? 0 : length;
    }

    private static int QuotedLength(ReadOnlySpan<byte> input)
    {
        for (var at = 1; at < input.Length; at++)
        {
            switch (input[at])
            {
                case (byte)'"':
                    return at > 1 ? at + 1 : 0; // an empty local part is of no use to anyone
                case (byte)'\\':
                    // RFC 5321 §4.1.2 quoted-pairSMTP: only printable ASCII may be escaped.
                    if (++at >= input.Length || input[at] is < 32 or > 126)
                        return 0;
                    break;
                case < 32 or 127:
                    return 0;
            }
        }
        return 0;
    }

    private static string Unquote(ReadOnlySpan<byte> quoted)
    {
        var content = quoted[1..^1];
        if (content.IndexOf((byte)'\\') < 0)
            return Encoding.UTF8.GetString(content);
        var plain = new byte[content.Length];
        var length = 0;
        for (var at = 0; at < content.Length; at++)
            plain[length++] = content[at] == '\\' ? content[++at] : content[at];
        return Encoding.UTF8.GetString(plain, 0, length);
    }

    private static bool AreLabels(ReadOnlySpan<byte> domain)
    {
        foreach (var range in domain.Split((byte)'.'))
        {
            var label = domain[range];
            // RFC 5321 §4.1.2: sub-domain = Let-dig [Ldh-str]; RFC 1035 §2.3.4: 63 octets (U-labels may take more, RFC 5890 §2.3.2.1).
            if (label.Length == 0 || label[0] == '-' || label[^1] == '-')
                return false;
            if (label.Length > 63 && Ascii.IsValid(label))
                return false;
        }
        return true;
    }

    private static int AddressLiteralLength(ReadOnlySpan<byte> input)
    {
        var end = input.IndexOf((byte)']');
        if (end is < 0 or > 64)
            return 0;
        var content = input[1..end];
        // RFC 5321 §4.1.3: IPv6 is tagged, IPv4 is not; no other tag is registered.
        var isV6 = content.Length > 5 && Ascii.EqualsIgnoreCase(content[..5], "IPv6:"u8);
        var text = isV6 ? content[5..] : content;
        return IsAddress(text, isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork) ? end + 1 : 0;
    }

    private static bool IsAddress(ReadOnlySpan<byte> text, AddressFamily family)
    {
        // IPAddress accepts shorthands ("1.2", hex) and scope ids: only the plain spelling passes here.
        if (text.ContainsAnyExcept("0123456789abcdefABCDEF.:"u8))
            return false;
        if (family == AddressFamily.InterNetwork && (text.Count((byte)'.') != 3 || HasLeadingZero(text)))
            return false;
        return IPAddress.TryParse(Encoding.ASCII.GetString(text), out var address) && address.AddressFamily == family;
    }

    private static bool HasLeadingZero(ReadOnlySpan<byte> dotted)
    {
        foreach (var range in dotted.Split((byte)'.'))
        {
            var part = dotted[range];
            if (part.Length > 1 && part[0] == '0')
                return true;
        }
        return false;
    }

    private static byte[] HighOctets() => [.. Enumerable.Range(128, 128).Select(i => (byte)i)];
}
