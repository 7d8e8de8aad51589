using System.Globalization;

namespace Mail.Protocol.Spf;

/// <summary>Which names a check can start from.</summary>
internal static class SpfDomain
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    private static readonly IdnMapping _idn = new() { AllowUnassigned = true };

    /// <summary>The name as A-labels (RFC 8616 §4), without trailing dot; null when it cannot be a mail domain.</summary>
    public static string? Normalize(string domain)
    {
        var name = domain.EndsWith('.') ? domain[..^1] : domain;
        if (!System.Text.Ascii.IsValid(name) && ToAscii(name) is { } ascii)
            name = ascii;
        return IsProper(name) ? name : null;
    }

    // RFC 7208 §4.3: neither empty nor over-long labels, not a single label, not an address literal.
    private static bool IsProper(string name)
    {
        if (name.Length is 0 or > MaxLength || !name.Contains('.') || name.StartsWith('['))
            return false;
        foreach (var range in name.AsSpan().Split('.'))
        {
            if (name.AsSpan(range).Length is 0 or > MaxLabelLength)
                return false;
        }
        return System.Text.Ascii.IsValid(name);
    }

    private static string? ToAscii(string name)
    {
        try
        {
            return _idn.GetAscii(name.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
