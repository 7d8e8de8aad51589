using System.Buffers;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>A path of the SMTP envelope: <c>&lt;local@domain&gt;</c>, the null path or <c>&lt;Postmaster&gt;</c> (RFC 5321 §4.1.2).</summary>
/// <remarks>
/// A value that exists is safe to send: it has no control character, no unbalanced quote, and is within the limits of
/// RFC 5321 §4.5.3.1.3. Equality is by exact local part and case-insensitive domain.
/// </remarks>
public sealed class SmtpPath : IEquatable<SmtpPath>
{
    private string? _address;

    private SmtpPath(string localPart, string domain)
    {
        LocalPart = localPart;
        Domain = domain;
        RequiresSmtpUtf8 = !Ascii.IsValid(localPart) || !Ascii.IsValid(domain);
    }

    /// <summary>The null reverse-path <c>&lt;&gt;</c> of notifications (RFC 5321 §4.5.5).</summary>
    public static SmtpPath Null { get; } = new("", "");

    /// <summary><c>&lt;Postmaster&gt;</c> without a domain (RFC 5321 §4.5.1).</summary>
    public static SmtpPath Postmaster { get; } = new("Postmaster", "");

    /// <summary>The local part without quoting; empty for the null path.</summary>
    public string LocalPart { get; }

    /// <summary>The domain or address literal (<c>[192.0.2.1]</c>, <c>[IPv6:…]</c>); empty for the null path and bare Postmaster.</summary>
    public string Domain { get; }

    /// <summary>This is <c>&lt;&gt;</c>.</summary>
    public bool IsNull => LocalPart.Length == 0 && Domain.Length == 0;

    /// <summary>The domain is an address literal.</summary>
    public bool IsAddressLiteral => Domain.StartsWith('[');

    /// <summary>Local part or domain has characters beyond ASCII, so that only SMTPUTF8 can carry it (RFC 6531).</summary>
    public bool RequiresSmtpUtf8 { get; }

    /// <summary>The address without angle brackets, quoted where it must be; empty for the null path.</summary>
    public string Address => _address ??= Format();

    /// <summary>A path from its unquoted parts; false when they cannot be written as a path.</summary>
    public static bool TryCreate(string localPart, string domain, out SmtpPath path)
    {
        path = Null;
        if (localPart.Length == 0 || domain.Length == 0 || !SmtpPathParser.IsLocalPartContent(localPart))
            return false;
        var candidate = new SmtpPath(localPart, domain);
        return TryParse(candidate.Address, out path);
    }

    /// <summary>Parses an address without angle brackets; the empty string is not one.</summary>
    public static bool TryParse(string address, out SmtpPath path)
    {
        path = Null;
        if (address.Length is 0 or > SmtpLimits.MaxPathOctets)
            return false;
        Span<byte> octets = stackalloc byte[SmtpLimits.MaxPathOctets * 3];
        if (Encoding.UTF8.GetByteCount(address) > octets.Length)
            return false;
        var length = Encoding.UTF8.GetBytes(address, octets);
        return SmtpPathParser.TryParseMailbox(octets[..length], out path) == length && length > 0;
    }

    /// <summary>Parses an address without angle brackets.</summary>
    /// <exception cref="FormatException">It is not an address.</exception>
    public static SmtpPath Parse(string address) =>
        TryParse(address, out var path) ? path : throw new FormatException("Not an SMTP address.");

    /// <summary>The octets this path takes on the wire, with angle brackets.</summary>
    public int WireOctets => Encoding.UTF8.GetByteCount(Address) + 2;

    /// <summary>Writes the path with angle brackets, in UTF-8.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var span = output.GetSpan(WireOctets);
        span[0] = (byte)'<';
        var length = Encoding.UTF8.GetBytes(Address, span[1..]);
        span[length + 1] = (byte)'>';
        output.Advance(length + 2);
    }

    /// <inheritdoc/>
    public bool Equals(SmtpPath? other) => other is not null && LocalPart == other.LocalPart
        && string.Equals(Domain, other.Domain, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SmtpPath);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LocalPart, StringComparer.OrdinalIgnoreCase.GetHashCode(Domain));

    /// <summary>The path with angle brackets.</summary>
    public override string ToString() => $"<{Address}>";

    internal static SmtpPath FromParsed(string localPart, string domain) => new(localPart, domain);

    private string Format()
    {
        if (IsNull)
            return "";
        var local = SmtpPathParser.IsDotString(LocalPart) ? LocalPart : Quote(LocalPart);
        return Domain.Length == 0 ? local : local + "@" + Domain;
    }

    private static string Quote(string localPart)
    {
        var quoted = new StringBuilder(localPart.Length + 4).Append('"');
        foreach (var c in localPart)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
