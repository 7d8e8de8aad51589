using Mail.Core.Domains.Records;

namespace Mail.Core.Domains;

/// <summary>From findings about records to a verdict about their domain.</summary>
internal static class DomainVerdicts
{
    public static DomainFindings Of(
        SendingDomain domain, IReadOnlyList<ExpectedRecord> expected, IReadOnlyList<RecordFinding> findings, DateTimeOffset now)
    {
        var seen = expected.Zip(findings, (record, finding) => (Record: record, Finding: finding)).ToList();
        var promoted = domain.Keys.FirstOrDefault(key => key.IsPending
            && seen.Exists(item => item.Record == DomainRecords.KeyRecord(domain, key) && item.Finding.Status == RecordStatus.Verified));
        // A new key that is published takes the place of the old one, whose record may be gone already.
        var required = seen.Where(item => item.Record.IsRequired && (promoted is null || item.Record.Purpose != RecordPurpose.Dkim)).ToList();
        return new DomainFindings(
            VerdictOf(required.ConvertAll(item => item.Finding)),
            [.. seen.Select(item => Keep(domain, item.Record, item.Finding, now))],
            [.. required.Where(item => item.Finding.Status != RecordStatus.Verified).Select(item => $"{item.Record.Type.ToText()} {item.Record.Name}")],
            promoted?.Selector,
            Known(seen, RecordPurpose.MailFrom, RecordPurpose.Spf),
            Known(seen, RecordPurpose.Tracking));
    }

    private static CheckVerdict VerdictOf(List<RecordFinding> required) =>
        required.TrueForAll(finding => finding.Status == RecordStatus.Verified) ? CheckVerdict.Good
        : required.Exists(finding => finding.IsConclusive && finding.Status != RecordStatus.Verified) ? CheckVerdict.Broken
        : CheckVerdict.Unknown;

    private static bool? Known(List<(ExpectedRecord Record, RecordFinding Finding)> seen, params RecordPurpose[] purposes)
    {
        var findings = seen.Where(item => purposes.Contains(item.Record.Purpose)).Select(item => item.Finding).ToList();
        return findings.Exists(finding => !finding.IsConclusive) ? null : findings.TrueForAll(finding => finding.Status == RecordStatus.Verified);
    }

    // No answer says nothing new: what was known about the record stays.
    private static RecordCheck Keep(SendingDomain domain, ExpectedRecord record, RecordFinding finding, DateTimeOffset now)
    {
        var before = finding.IsConclusive ? null : domain.Checks.FirstOrDefault(check => check.IsOf(record));
        return before is null
            ? new RecordCheck(record.Purpose, record.Name, record.Value, finding.Status, finding.Found, finding.Explanation, now)
            : before with { Explanation = finding.Explanation };
    }
}
