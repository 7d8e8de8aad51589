using System.Buffers;
using System.Text;

namespace Mail.Protocol.Addresses;

/// <summary>The local part of an address: Dot-string or Quoted-string (RFC 5321 §4.1.2, RFC 6531 §3.3).</summary>
internal static class LocalPartSyntax
{
    private const int MaxOctets = 64; // RFC 5321 §4.5.3.1.1

    // RFC 5322 §3.2.3 atext
    private static readonly SearchValues<char> Atext =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~");

    internal static bool IsAtext(char c) => c >= 0x80 || Atext.Contains(c);

    internal static bool TrySplit(ReadOnlySpan<char> text, out string localPart, out ReadOnlySpan<char> domain, out AddressError error)
    {
        localPart = "";
        domain = default;
        error = Check(text);
        if (error != AddressError.None) return false;
        var value = "";
        var end = text[0] == '"' ? ReadQuoted(text, out value, out error) : ReadDotString(text, out error);
        if (error != AddressError.None) return false;
        localPart = text[0] == '"' ? value : text[..end].ToString();
        domain = text[(end + 1)..];
        if (Encoding.UTF8.GetByteCount(localPart) > MaxOctets) error = AddressError.LocalPartTooLong;
        return error == AddressError.None;
    }

    private static AddressError Check(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return AddressError.Empty;
        if (text.Length > 2 * EmailAddress.MaxOctets) return AddressError.TooLong;
        return HasForbidden(text) ? AddressError.ForbiddenCharacter : AddressError.None;
    }

    /// <summary>Controls (C0, DEL, C1), line separators and halves of surrogate pairs have no place in any address.</summary>
    internal static bool HasForbidden(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c < 0x20 || c is >= '\u007f' and <= '\u009f' or '\u2028' or '\u2029' or '\ufffe' or '\uffff') return true;
            if (!char.IsSurrogate(c)) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(c, text[i + 1])) return true;
            i++;
        }
        return false;
    }

    private static int ReadDotString(ReadOnlySpan<char> text, out AddressError error)
    {
        error = AddressError.None;
        var at = text.IndexOf('@');
        if (at < 0) error = AddressError.MissingAt;
        else if (at == 0) error = AddressError.EmptyLocalPart;
        else if (!IsDotString(text[..at])) error = AddressError.InvalidLocalPart;
        return at;
    }

    internal static bool IsDotString(ReadOnlySpan<char> text)
    {
        var previous = '.';
        foreach (var c in text)
        {
            if (c == '.' ? previous == '.' : !IsAtext(c)) return false;
            previous = c;
        }
        return previous != '.';
    }

    private static int ReadQuoted(ReadOnlySpan<char> text, out string value, out AddressError error)
    {
        var builder = new StringBuilder(text.Length);
        var i = 1;
        for (; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && ++i == text.Length) break; // RFC 5321 §4.1.2 quoted-pairSMTP
            builder.Append(text[i]);
        }
        value = builder.ToString();
        error = i >= text.Length || (i + 1 < text.Length && text[i + 1] != '@') ? AddressError.UnbalancedQuote
            : i + 1 == text.Length ? AddressError.MissingAt
            : AddressError.None;
        return i + 1;
    }

    /// <summary>The local part as grammar asks for it: quoted only where a Dot-string can't say it (RFC 5321 §4.1.2).</summary>
    internal static string Write(string localPart)
    {
        if (IsDotString(localPart)) return localPart;
        var builder = new StringBuilder(localPart.Length + 8).Append('"');
        foreach (var c in localPart)
        {
            if (c is '"' or '\\') builder.Append('\\');
            builder.Append(c);
        }
        return builder.Append('"').ToString();
    }
}
