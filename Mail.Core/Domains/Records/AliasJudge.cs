namespace Mail.Core.Domains.Records;

/// <summary>Judges an alias: it leads to the expected host.</summary>
internal static class AliasJudge
{
    public static RecordVerdict Judge(ExpectedRecord record, IReadOnlyList<string> found, string domain)
    {
        if (found.Any(target => target.Equals(record.Value, StringComparison.OrdinalIgnoreCase)))
            return RecordVerdict.Verified;
        if (found.Any(target => target.Equals($"{record.Value}.{domain}", StringComparison.OrdinalIgnoreCase)))
        {
            return RecordVerdict.Failed($"The alias leads to {record.Value}.{domain}: your DNS provider added the domain to the target. "
                + $"Enter it with a dot at its end: '{record.Value}.'.");
        }
        return RecordVerdict.Failed($"{record.Name} is an alias of {RecordText.Shown(found[0])}, expected {record.Value}.");
    }
}
