using Mail.Protocol.Addresses;
using Mail.Protocol.Arf;
using Mail.Protocol.Mime;

namespace Mail.Core.Bounces;

/// <summary>What a feedback report says. Which message it is about is believed only with a return path of ours.</summary>
internal static class ComplaintReading
{
    private const int MaxTraces = 10;

    // Where reports keep the return path of the message: their own field, and the header that is sent back with it.
    private static readonly string[] TraceFields = ["Return-Path", "X-Original-Return-Path", "X-Envelope-From"];

    /// <summary>Null when it is no complaint: no feedback report, or one that says something else.</summary>
    public static ArfReport? Read(MimeMessage message) => ArfReader.Read(message) is { } report && TypeOf(report.Type) is not null ? report : null;

    /// <summary>The message that the report is about; null when it has no return path of ours, or one that is over.</summary>
    public static ReturnPathTarget? TargetOf(ArfReport report, ReturnPath returnPaths)
    {
        var traces = TraceFields.SelectMany(name => report.OriginalHeaders?.FindAll(name) ?? []).Select(field => field.Unfolded);
        foreach (var trace in traces.Prepend(report.OriginalMailFrom ?? "").Take(MaxTraces))
        {
            var address = trace.Trim().Trim('<', '>');
            if (returnPaths.Read(address[..Math.Max(0, address.LastIndexOf('@'))]) is { } target)
                return target;
        }
        return null;
    }

    public static ComplaintReport Report(ReturnPathTarget target, ArfReport report)
    {
        EmailAddress? address = null;
        _ = report.OriginalRecipients.Any(recipient => EmailAddress.TryParse(recipient, out address));
        return new ComplaintReport(target.Message, new ReportedRecipient(target.Recipient, address), ComplaintSource.Arf, TypeOf(report.Type));
    }

    // "Not spam" takes back what was never counted, and a failed check (RFC 6591) is the fault of the way.
    private static string? TypeOf(FeedbackType type) => type switch
    {
        FeedbackType.Abuse => "abuse",
        FeedbackType.Fraud => "fraud",
        FeedbackType.Virus => "virus",
        FeedbackType.OptOut => "opt-out",
        FeedbackType.Other => "other",
        FeedbackType.NotSpam or FeedbackType.AuthFailure => null,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
