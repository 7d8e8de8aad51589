using System.Buffers;
using Mail.Protocol.Arf;
using Mail.Protocol.Mime;

namespace Mail.Core.Bounces;

/// <summary>What became of mail that may be a report. All of them mean that it was taken.</summary>
public enum TakenReport
{
    Recorded,

    /// <summary>It was known: nothing changed.</summary>
    AlreadyKnown,

    /// <summary>The message is not there (any more), or the report does not say which of its recipients it is about.</summary>
    Unknown,

    /// <summary>Something else: a delay, an absence note, an answer.</summary>
    NoReport,
}

/// <summary>Takes bounces and complaints as they come by mail. Returns only after the commit.</summary>
public sealed class TakeReports(ReportStore reports, ReturnPath returnPaths)
{
    /// <summary>Mail to a return path.</summary>
    /// <param name="target">What the return path proves.</param>
    /// <param name="mailFrom">The envelope sender; empty for <c>&lt;&gt;</c>.</param>
    public async Task<TakenReport> TakeBounceAsync(
        ReturnPathTarget target, string mailFrom, ReadOnlySequence<byte> mail, CancellationToken cancellationToken)
    {
        var message = MimeMessage.Parse(mail);
        // Some providers send complaints to the return path.
        if (ComplaintReading.Read(message) is { Dialect: StandardReport } complaint)
            return Of(await reports.RecordComplaintAsync(ComplaintReading.Report(target, complaint), cancellationToken));
        var taken = TakenReport.NoReport;
        foreach (var bounce in BounceReading.Read(target, mailFrom, message))
        {
            var outcome = Of(await reports.RecordBounceAsync(bounce, cancellationToken));
            // The best that became of one of them.
            if (outcome < taken)
                taken = outcome;
        }
        return taken;
    }

    /// <summary>Mail to the address for complaints. The return path in the report tells what it is about.</summary>
    public async Task<TakenReport> TakeComplaintAsync(ReadOnlySequence<byte> mail, CancellationToken cancellationToken)
    {
        if (ComplaintReading.Read(MimeMessage.Parse(mail)) is not { } complaint)
            return TakenReport.NoReport;
        return ComplaintReading.TargetOf(complaint, returnPaths) is { } target
            ? Of(await reports.RecordComplaintAsync(ComplaintReading.Report(target, complaint), cancellationToken))
            : TakenReport.Unknown;
    }

    /// <summary>Whether mail is a feedback report of any kind.</summary>
    public static bool IsFeedback(ReadOnlySequence<byte> mail) => ArfReader.Read(MimeMessage.Parse(mail)) is not null;

    private const string StandardReport = "rfc5965";

    private static TakenReport Of(ReportOutcome outcome) => outcome switch
    {
        ReportOutcome.Recorded => TakenReport.Recorded,
        ReportOutcome.AlreadyKnown => TakenReport.AlreadyKnown,
        ReportOutcome.Unknown => TakenReport.Unknown,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
