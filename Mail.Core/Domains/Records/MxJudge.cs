using System.Globalization;
using Mail.Protocol.Dns;

namespace Mail.Core.Domains.Records;

/// <summary>Judges mail exchanges: the expected host, and no other beside it.</summary>
internal static class MxJudge
{
    public static RecordVerdict Judge(ExpectedRecord record, IReadOnlyList<MxRecord> found, string domain)
    {
        var host = HostOf(record.Value);
        var ours = found.Where(mx => Same(mx.Exchange, host)).ToList();
        if (ours.Count == found.Count && ours.Count > 0)
            return RecordVerdict.Verified;
        if (ours.Count > 0)
            return RecordVerdict.Failed($"{record.Name} has further MX records, which would get some of the mail. Leave only '{record.Value}'.");
        if (found.Any(mx => Same(mx.Exchange, $"{host}.{domain}")))
        {
            return RecordVerdict.Failed(
                $"The MX leads to {host}.{domain}: your DNS provider added the domain to the host. Enter it with a dot at its end: '{host}.'.");
        }
        var other = RecordText.Shown(found[0].Exchange.Length == 0 ? "." : found[0].Exchange);
        return RecordVerdict.Failed(record.Purpose == RecordPurpose.MailFrom
            ? string.Create(CultureInfo.InvariantCulture,
                $"The MX of {record.Name} is {other}, expected '{record.Value}'. If that name takes mail of its own, choose another mailFromSubdomain.")
            : $"The MX of {record.Name} is {other}, expected '{record.Value}'.");
    }

    private static string HostOf(string value) => value[(value.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
