using System.Text;

namespace Mail.Protocol.Addresses.Idna;

/// <summary>
/// UTS 46 §4, non-transitional, with CheckBidi, CheckJoiners and VerifyDnsLength's sense left to <see cref="DomainName"/>. Hyphens in third and
/// fourth place are allowed, as host names in use have them.
/// </summary>
internal static class IdnaProcessing
{
    private const string AcePrefix = "xn--";
    private const int MaxCharacters = 1024;

    internal static bool TryToAscii(ReadOnlySpan<char> text, out string ascii, out AddressError error)
    {
        ascii = "";
        error = AddressError.InvalidInternationalDomain;
        if (text.Length > MaxCharacters || !TryMap(text, out var mapped)) return false;
        var labels = mapped.Split('.');
        var unicode = new string[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            if (!TryReadLabel(labels[i], out unicode[i])) return false;
        if (!BidiRule.Holds(unicode)) return false;
        for (var i = 0; i < labels.Length; i++)
            if (!TryEncode(unicode[i], out labels[i])) return false;
        ascii = string.Join('.', labels);
        error = AddressError.None;
        return true;
    }

    /// <summary>For display. A label that does not decode to a valid one stays as it is.</summary>
    internal static string ToUnicode(string ascii)
    {
        if (!ascii.Contains(AcePrefix, StringComparison.Ordinal)) return ascii;
        var labels = ascii.Split('.');
        for (var i = 0; i < labels.Length; i++)
            if (TryReadLabel(labels[i], out var unicode)) labels[i] = unicode;
        return string.Join('.', labels);
    }

    // UTS 46 §4 steps 1 and 2
    private static bool TryMap(ReadOnlySpan<char> text, out string mapped)
    {
        var tables = UnicodeTables.Instance;
        var builder = new StringBuilder(text.Length);
        mapped = "";
        foreach (var rune in text.EnumerateRunes())
        {
            var status = tables.Status[rune.Value];
            if (status == 1) return false;
            if (status == 0) builder.Append(rune.ToString());
            else if (status % 2 == 1) builder.Append(tables.Strings[(status - 3) / 2]);
            else if (status != 2) builder.Append(new Rune(rune.Value + UnZigzag((status - 4) / 2)).ToString());
        }
        mapped = Normalization.ToNfc(builder.ToString());
        return true;
    }

    private static int UnZigzag(int value) => (value & 1) == 0 ? value / 2 : -(value + 1) / 2;

    // UTS 46 §4 step 4
    private static bool TryReadLabel(string label, out string unicode)
    {
        unicode = label;
        if (!label.StartsWith(AcePrefix, StringComparison.Ordinal)) return Ascii.IsValid(label) || IsValid(label);
        if (!Punycode.TryDecode(label.AsSpan(AcePrefix.Length), out var runes)) return false;
        unicode = string.Concat(runes);
        return unicode.Length > 0 && !Ascii.IsValid(unicode) && IsValid(unicode);
    }

    // UTS 46 §4.1 validity criteria 1, 4, 5, 6, 7, 8
    private static bool IsValid(string label)
    {
        var tables = UnicodeTables.Instance;
        var points = label.EnumerateRunes().Select(static r => r.Value).ToArray();
        if (label.StartsWith(AcePrefix, StringComparison.Ordinal) || tables.Marks[points[0]] != 0) return false;
        foreach (var point in points)
            if (tables.Status[point] != 0 || point == '.') return false;
        return Normalization.ToNfc(label) == label && JoinerRule.Holds(points);
    }

    private static bool TryEncode(string label, out string ascii)
    {
        ascii = label;
        if (Ascii.IsValid(label)) return true;
        if (!Punycode.TryEncode([.. label.EnumerateRunes()], out var encoded)) return false;
        ascii = AcePrefix + encoded;
        return true;
    }
}

/// <summary>Where ZERO WIDTH JOINER and NON-JOINER may stand (RFC 5892 Appendix A.1 and A.2).</summary>
internal static class JoinerRule
{
    private const int NonJoiner = 0x200c, Joiner = 0x200d;
    private const int Left = 1, Right = 2, Dual = 3, Transparent = 4;

    internal static bool Holds(int[] points)
    {
        for (var i = 0; i < points.Length; i++)
        {
            if (points[i] is not (NonJoiner or Joiner)) continue;
            if (i > 0 && Normalization.IsVirama(points[i - 1])) continue;
            if (points[i] == Joiner || !Joins(points, i)) return false;
        }
        return true;
    }

    private static bool Joins(int[] points, int index)
    {
        var joining = UnicodeTables.Instance.Joining;
        var before = index - 1;
        while (before >= 0 && joining[points[before]] == Transparent) before--;
        var after = index + 1;
        while (after < points.Length && joining[points[after]] == Transparent) after++;
        return before >= 0 && after < points.Length
            && joining[points[before]] is Left or Dual && joining[points[after]] is Right or Dual;
    }
}

/// <summary>Names with right-to-left characters (RFC 5893 §2).</summary>
internal static class BidiRule
{
    private const int L = 1, R = 2, AL = 3, AN = 4, EN = 5, ES = 6, CS = 7, ET = 8, ON = 9, BN = 10, NSM = 11;

    internal static bool Holds(string[] labels)
    {
        var classes = Array.ConvertAll(labels, static label => label.EnumerateRunes().Select(static r => UnicodeTables.Instance.Bidi[r.Value]).ToArray());
        return !classes.Any(static label => label.Any(static c => c is R or AL or AN)) || classes.All(LabelHolds);
    }

    private static bool LabelHolds(int[] label)
    {
        if (label.Length == 0) return true;
        var last = Array.FindLast(label, static c => c != NSM);
        return label[0] switch
        {
            // rules 2, 3 and 4
            R or AL => label.All(static c => c is R or AL or AN or EN or ES or CS or ET or ON or BN or NSM)
                && last is R or AL or EN or AN
                && !(label.Contains(EN) && label.Contains(AN)),
            // rules 5 and 6
            L => label.All(static c => c is L or EN or ES or CS or ET or ON or BN or NSM) && last is L or EN,
            _ => false, // rule 1
        };
    }
}
