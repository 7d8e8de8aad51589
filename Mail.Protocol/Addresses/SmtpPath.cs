namespace Mail.Protocol.Addresses;

/// <summary>The argument of MAIL FROM and RCPT TO (RFC 5321 §4.1.2 Reverse-path, Forward-path).</summary>
/// <param name="Address">The mailbox; null for <c>&lt;&gt;</c> and for <c>&lt;postmaster&gt;</c>.</param>
/// <param name="IsPostmaster">True for <c>&lt;postmaster&gt;</c> without a domain.</param>
public readonly record struct SmtpPath(EmailAddress? Address, bool IsPostmaster = false)
{
    private const int MaxOctets = 1024; // a path of 256 (RFC 5321 §4.5.3.1.3), with room for a source route that is thrown away

    /// <summary>The null reverse path, <c>&lt;&gt;</c>.</summary>
    public bool IsNull => Address is null && !IsPostmaster;

    /// <summary>Reads a reverse path at the start of the arguments of MAIL, right behind <c>FROM:</c>.</summary>
    /// <param name="text">The octets of the line from there on.</param>
    /// <param name="path">The path, when the answer is true.</param>
    /// <param name="consumed">Octets up to and with the <c>&gt;</c>; parameters follow.</param>
    /// <param name="error">Why not, when the answer is false.</param>
    public static bool TryReadReverse(ReadOnlySpan<byte> text, out SmtpPath path, out int consumed, out AddressError error)
    {
        path = default;
        consumed = 2;
        error = AddressError.None;
        return text.StartsWith("<>"u8) || TryRead(text, out path, out consumed, out error);
    }

    /// <summary>Reads a forward path at the start of the arguments of RCPT, right behind <c>TO:</c>.</summary>
    /// <inheritdoc cref="TryReadReverse"/>
    public static bool TryReadForward(ReadOnlySpan<byte> text, out SmtpPath path, out int consumed, out AddressError error)
    {
        ReadOnlySpan<byte> postmaster = "<postmaster>"u8; // RFC 5321 §4.1.1.3: in any case
        if (text.Length < postmaster.Length || !System.Text.Ascii.EqualsIgnoreCase(text[..postmaster.Length], postmaster))
            return TryRead(text, out path, out consumed, out error);
        path = new SmtpPath(null, IsPostmaster: true);
        consumed = postmaster.Length;
        error = AddressError.None;
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out SmtpPath path, out int consumed, out AddressError error)
    {
        path = default;
        consumed = 0;
        error = AddressError.InvalidPath;
        if (text.IsEmpty || text[0] != '<') return false;
        var end = FindEnd(text[..Math.Min(text.Length, MaxOctets)]);
        if (end < 0) return false;
        var mailbox = text[1..end];
        if (mailbox.Length > 0 && mailbox[0] == '@' && !TrySkipRoute(ref mailbox)) return false;
        if (!EmailAddress.TryParse(mailbox, out var address, out error)) return false;
        path = new SmtpPath(address);
        consumed = end + 1;
        return true;
    }

    private static int FindEnd(ReadOnlySpan<byte> text)
    {
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (!quoted && text[i] == '>') return i;
        }
        return -1;
    }

    // RFC 5321 §4.1.1.3 and Appendix C: a source route must be accepted, should be ignored
    private static bool TrySkipRoute(ref ReadOnlySpan<byte> mailbox)
    {
        var colon = mailbox.IndexOf((byte)':');
        if (colon < 0) return false;
        foreach (var range in mailbox[..colon].Split((byte)','))
        {
            var hop = mailbox[range];
            if (hop.Length < 2 || hop[0] != '@' || !DomainName.TryParse(System.Text.Encoding.UTF8.GetString(hop[1..]), out _)) return false;
        }
        mailbox = mailbox[(colon + 1)..];
        return true;
    }
}
