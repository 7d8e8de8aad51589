using Mail.Protocol.Dmarc;
using Mail.Protocol.Spf;

namespace Mail.Core.Domains.Records;

/// <summary>Judges TXT records by what they are for.</summary>
internal static class TextJudge
{
    public static Func<IReadOnlyList<string>, RecordVerdict> Of(ExpectedRecord record) => record.Purpose switch
    {
        RecordPurpose.Dkim => found => DkimJudge.Judge(record, found),
        RecordPurpose.Spf => found => Spf(record, found),
        RecordPurpose.Dmarc => found => Dmarc(record, found),
        RecordPurpose.Ownership => found => Ownership(record, found),
        _ => throw new ArgumentOutOfRangeException(nameof(record)),
    };

    internal static bool IsQuoted(string text) => text.Contains('"', StringComparison.Ordinal);

    private static RecordVerdict Spf(ExpectedRecord record, IReadOnlyList<string> found)
    {
        var policies = found.Where(SpfRecord.IsPolicy).ToList();
        if (policies.Count > 1)
        {
            // RFC 7208 §4.5: more than one record is a permanent error.
            return RecordVerdict.Failed($"{record.Name} has {policies.Count} SPF records, and receivers then use none. Join them into one.");
        }
        if (policies is [var policy])
            return SpfPolicy(record, policy);
        if (found.FirstOrDefault(text => text.Contains(SpfRecord.Version, StringComparison.OrdinalIgnoreCase)) is { } near)
        {
            return RecordVerdict.Failed(IsQuoted(near)
                ? "The value has quotation marks in it. Enter it without them."
                : $"The value must begin with '{SpfRecord.Version} '.");
        }
        return RecordVerdict.Missing($"The TXT records of {record.Name} have no SPF policy among them. Add '{record.Value}'.");
    }

    private static RecordVerdict SpfPolicy(ExpectedRecord record, string policy)
    {
        if (SpfRecord.Parse(policy, out var problem) is not { } parsed)
            return RecordVerdict.Failed($"The SPF record cannot be read: {RecordText.Shown(problem ?? "unknown term")}.");
        // RFC 7208 §5.1: what stands behind "all" is never looked at.
        var counted = parsed.Terms.TakeWhile(term => !IsAll(term)).Select(Plain).ToList();
        var wanted = SpfRecord.Parse(record.Value, out _)!.Terms.Where(term => !IsAll(term)).Select(Plain);
        var missing = wanted.Where(term => !counted.Contains(term, StringComparer.OrdinalIgnoreCase)).ToList();
        return missing.Count == 0
            ? RecordVerdict.Verified
            : RecordVerdict.Failed($"The SPF record lacks '{string.Join(' ', missing)}' in front of its 'all'. Add it, or publish '{record.Value}'.");
    }

    // RFC 7208 §4.6.2: "+" is what a term without qualifier has.
    private static string Plain(string term) => term.StartsWith('+') ? term[1..] : term;

    private static bool IsAll(string term) => term.TrimStart('+', '-', '~', '?').Equals("all", StringComparison.OrdinalIgnoreCase);

    private static RecordVerdict Dmarc(ExpectedRecord record, IReadOnlyList<string> found)
    {
        var policies = found.Select(DmarcRecord.Parse).Where(policy => policy is not null).ToList();
        if (policies.Count > 1)
            return RecordVerdict.Failed($"{record.Name} has {policies.Count} DMARC records, and receivers then use none. Leave one.");
        if (policies is [{ IsApplicable: true }])
            return RecordVerdict.Verified;
        if (policies.Count == 1)
            return RecordVerdict.Failed("The DMARC record has no valid policy. It needs p=none, p=quarantine or p=reject.");
        return found.Any(IsQuoted)
            ? RecordVerdict.Failed("The value has quotation marks in it. Enter it without them.")
            : RecordVerdict.Missing($"There is no DMARC record at {record.Name}. It is recommended: '{record.Value}' asks receivers for nothing yet.");
    }

    private static RecordVerdict Ownership(ExpectedRecord record, IReadOnlyList<string> found)
    {
        if (found.Any(text => text.Trim() == record.Value))
            return RecordVerdict.Verified;
        if (found.Any(text => text.Contains(record.Value, StringComparison.Ordinal) && IsQuoted(text)))
            return RecordVerdict.Failed("The value has quotation marks in it. Enter it without them.");
        return RecordVerdict.Missing($"None of the TXT records of {record.Name} is the expected one.");
    }
}
