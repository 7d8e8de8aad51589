using System.Security.Cryptography;
using System.Text;
using static Mail.Protocol.Dsn.ReportText;

namespace Mail.Protocol.Dsn;

/// <summary>
/// Writes delivery status notifications (RFC 3464, RFC 3462). The same draft gives the same octets; no value can leave its field.
/// </summary>
public static class DsnWriter
{
    /// <summary>The whole message with CRLF line ends.</summary>
    public static byte[] Write(DsnDraft draft)
    {
        var boundary = "dsn_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(draft.MessageId)))[..32];
        var text = new StringBuilder();
        AppendHeader(text, draft, boundary);
        AppendExplanation(text, draft, boundary);
        AppendStatus(text, draft, boundary);
        if (!draft.OriginalHeader.IsEmpty)
            AppendReturned(text, draft.OriginalHeader.Span, boundary);
        text.Append("--").Append(boundary).Append("--\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AppendHeader(StringBuilder text, DsnDraft draft, string boundary)
    {
        Field(text, "From", draft.From);
        Field(text, "To", $"<{draft.To.Trim('<', '>')}>");
        Field(text, "Subject", draft.Subject ?? SubjectOf(draft.Recipients));
        Field(text, "Date", Date(draft.Date));
        Field(text, "Message-ID", $"<{draft.MessageId}>");
        // RFC 3834 §5: so that nobody answers automatically.
        Field(text, "Auto-Submitted", "auto-replied");
        Field(text, "MIME-Version", "1.0");
        text.Append("Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"").Append(boundary).Append("\"\r\n\r\n");
    }

    private static void AppendExplanation(StringBuilder text, DsnDraft draft, string boundary)
    {
        Part(text, boundary, "text/plain; charset=utf-8", "8bit");
        foreach (var line in (draft.Explanation ?? ExplanationOf(draft)).Split('\n'))
            text.Append(OneLine(line)).Append("\r\n");
        text.Append("\r\n");
        foreach (var recipient in draft.Recipients)
            text.Append(OneLine($"<{recipient.FinalRecipient}>: {recipient.Diagnostic ?? recipient.Status}")).Append("\r\n");
        text.Append("\r\n");
    }

    private static void AppendStatus(StringBuilder text, DsnDraft draft, string boundary)
    {
        // RFC 6533 §4: other characters than ASCII want the other type.
        var isAscii = draft.Recipients.All(r => Ascii.IsValid(r.FinalRecipient) && Ascii.IsValid(r.OriginalRecipient ?? ""));
        Part(text, boundary, isAscii ? "message/delivery-status" : "message/global-delivery-status", "8bit");
        Field(text, "Reporting-MTA", $"dns; {draft.ReportingMta}");
        OptionalField(text, "Original-Envelope-Id", draft.OriginalEnvelopeId);
        OptionalField(text, "Arrival-Date", draft.ArrivalDate is { } arrival ? Date(arrival) : null);
        foreach (var recipient in draft.Recipients)
            AppendRecipient(text, recipient);
        text.Append("\r\n");
    }

    private static void AppendRecipient(StringBuilder text, DsnRecipient recipient)
    {
        text.Append("\r\n");
        OptionalField(text, "Original-Recipient", recipient.OriginalRecipient is { } original ? Address(original) : null);
        Field(text, "Final-Recipient", Address(recipient.FinalRecipient));
        Field(text, "Action", recipient.Action.ToString().ToLowerInvariant());
        // RFC 3464 §2.3.4: a status is required.
        Field(text, "Status", recipient.Status.Length > 0 ? recipient.Status : DefaultStatus(recipient.Action));
        OptionalField(text, "Remote-MTA", recipient.RemoteMta is { } remote ? $"dns; {remote}" : null);
        OptionalField(text, "Diagnostic-Code", recipient.Diagnostic is { } diagnostic ? $"smtp; {diagnostic}" : null);
        OptionalField(text, "Last-Attempt-Date", recipient.LastAttempt is { } last ? Date(last) : null);
        OptionalField(text, "Will-Retry-Until", recipient.WillRetryUntil is { } until ? Date(until) : null);
    }

    // RFC 3464 §2.3.1, RFC 6533 §3
    private static string Address(string address) => (Ascii.IsValid(address) ? "rfc822; " : "utf-8; ") + address;

    private static string DefaultStatus(DsnAction action) =>
        action switch { DsnAction.Failed => "5.0.0", DsnAction.Delayed => "4.0.0", _ => "2.0.0" };

    private static string SubjectOf(IReadOnlyList<DsnRecipient> recipients) =>
        recipients.Any(r => r.Action == DsnAction.Failed) ? "Undelivered mail returned to sender"
        : recipients.Any(r => r.Action == DsnAction.Delayed) ? "Delayed mail (still being retried)" : "Successful mail delivery report";

    private static string ExplanationOf(DsnDraft draft) =>
        $"This is the mail system at {OneLine(draft.ReportingMta)}.\n\n"
        + (draft.Recipients.Any(r => r.Action == DsnAction.Failed) ? "Your message could not be delivered to the recipients below."
            : draft.Recipients.Any(r => r.Action == DsnAction.Delayed) ? "Your message has not been delivered yet; it is still being tried. You need not send it again."
            : "Your message was delivered to the recipients below.");
}
