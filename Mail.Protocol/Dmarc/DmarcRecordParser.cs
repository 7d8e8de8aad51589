using System.Globalization;

namespace Mail.Protocol.Dmarc;

/// <summary>Reads the tag list of RFC 9989 §4.8. Strict about the version, tolerant about the rest.</summary>
internal static class DmarcRecordParser
{
    private const string Version = "DMARC1";
    private const int MaxAddresses = 50;

    public static DmarcRecord? Parse(string text)
    {
        var tags = text.Split(';');
        // RFC 9989 §4.7 (v): first, and exact.
        if (!TrySplit(tags[0], out var name, out var version) || name != "v" || !version.SequenceEqual(Version))
            return null;
        var record = new DmarcRecord();
        var seen = new HashSet<string>();
        foreach (var tag in tags.Skip(1))
        {
            // The first of several tags with one name counts; what is no tag is passed over.
            if (TrySplit(tag, out name, out var value) && seen.Add(name))
                record = With(record, name, value);
        }
        return record;
    }

    private static bool TrySplit(ReadOnlySpan<char> tag, out string name, out ReadOnlySpan<char> value)
    {
        const string space = " \t";
        var equals = tag.IndexOf('=');
        name = equals < 0 ? "" : tag[..equals].Trim(space).ToString().ToLowerInvariant();
        value = equals < 0 ? default : tag[(equals + 1)..].Trim(space);
        return name.Length > 0;
    }

    // Words are literals of ABNF and so without case (RFC 5234 §2.3); only the version is exact.
    private static DmarcRecord With(DmarcRecord record, string name, ReadOnlySpan<char> value) => name switch
    {
        "p" => Policy(value) is { } policy ? record with { Policy = policy } : record with { HasInvalidPolicy = true },
        "sp" => Policy(value) is { } policy ? record with { SubdomainPolicy = policy } : record with { HasInvalidPolicy = true },
        "np" => Policy(value) is { } policy ? record with { NonexistentPolicy = policy } : record with { HasInvalidPolicy = true },
        "adkim" => record with { DkimAlignment = Is(value, "s") ? DmarcAlignment.Strict : DmarcAlignment.Relaxed },
        "aspf" => record with { SpfAlignment = Is(value, "s") ? DmarcAlignment.Strict : DmarcAlignment.Relaxed },
        "t" => record with { IsTesting = Is(value, "y") },
        "psd" => record with { PublicSuffix = Is(value, "y") ? DmarcPublicSuffix.Yes : Is(value, "n") ? DmarcPublicSuffix.No : DmarcPublicSuffix.Unknown },
        "rua" => record with { AggregateReports = Addresses(value) },
        "ruf" => record with { FailureReports = Addresses(value) },
        "fo" => record with { FailureOptions = FailureOptions(value) },
        "pct" => record with { Percentage = Percentage(value) },
        _ => record,
    };

    private static bool Is(ReadOnlySpan<char> value, string word) => value.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static DmarcPolicy? Policy(ReadOnlySpan<char> value) =>
        Is(value, "none") ? DmarcPolicy.None
        : Is(value, "quarantine") ? DmarcPolicy.Quarantine
        : Is(value, "reject") ? DmarcPolicy.Reject
        : null;

    private static int Percentage(ReadOnlySpan<char> value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var percentage) && percentage <= 100 ? percentage : 100;

    // "0" / "1", "d", "s" with colons, each at most once, "0" and "1" not together.
    private static string FailureOptions(ReadOnlySpan<char> value)
    {
        var options = "";
        foreach (var range in value.Split(':'))
        {
            var option = value[range].Trim(" \t").ToString().ToLowerInvariant();
            if (option is not ("0" or "1" or "d" or "s") || options.Contains(option, StringComparison.Ordinal))
                return "0";
            options += option;
        }
        return options.Contains('0') && options.Contains('1') ? "0" : options;
    }

    private static List<DmarcReportAddress> Addresses(ReadOnlySpan<char> value)
    {
        var addresses = new List<DmarcReportAddress>();
        foreach (var range in value.Split(','))
        {
            if (addresses.Count < MaxAddresses && Address(value[range].Trim(" \t")) is { } address)
                addresses.Add(address);
        }
        return addresses;
    }

    private static DmarcReportAddress? Address(ReadOnlySpan<char> text)
    {
        long? size = null;
        if (text.LastIndexOf('!') is var mark and >= 0)
        {
            size = Size(text[(mark + 1)..]);
            if (size is null)
                return null;
            text = text[..mark];
        }
        if (text.IndexOf(':') <= 0 || !Uri.TryCreate(text.ToString(), UriKind.Absolute, out var uri))
            return null;
        var isAddressed = !uri.Scheme.Equals(Uri.UriSchemeMailto, StringComparison.OrdinalIgnoreCase) || text.Contains('@');
        return isAddressed ? new DmarcReportAddress(uri, size) : null;
    }

    // RFC 7489 §6.4: digits, then k, m, g or t for powers of 1024.
    private static long? Size(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return null;
        var power = "kmgt".IndexOf(char.ToLowerInvariant(text[^1]), StringComparison.Ordinal) + 1;
        var digits = power > 0 ? text[..^1] : text;
        return digits.Length <= 6 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number * (1L << (10 * power))
            : null;
    }
}
