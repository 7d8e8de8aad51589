using System.Text;
using Mail.Protocol.Addresses.Idna;

namespace Mail.Protocol.Dns;

/// <summary>Domains of mail addresses as names that DNS can be asked for.</summary>
internal static class MailDomain
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    /// <summary>The name as A-labels, without trailing dot, ASCII in the case given; null for what is no name, such as an address literal.</summary>
    public static string? ToName(string domain)
    {
        var name = domain.EndsWith('.') ? domain[..^1] : domain;
        // Longer than any name even before conversion: not worth the work.
        if (name.Length > MaxLength)
            return null;
        // RFC 5890 §2.3.2.1: DNS knows A-labels only.
        if (!Ascii.IsValid(name) && IdnaProcessing.TryToAscii(name, out var ascii, out _))
            name = ascii;
        return IsName(name) ? name : null;
    }

    private static bool IsName(string name)
    {
        if (name.Length is 0 or > MaxLength || name[0] == '[' || !Ascii.IsValid(name))
            return false;
        foreach (var range in name.AsSpan().Split('.'))
        {
            if (name.AsSpan(range).Length is 0 or > MaxLabelLength)
                return false;
        }
        return true;
    }
}
