using System.Security.Cryptography;
using System.Text;
using static Mail.Protocol.Dsn.ReportText;

namespace Mail.Protocol.Arf;

/// <summary>Writes complaints of the type <c>abuse</c> (RFC 5965). The same draft gives the same octets; no value can leave its field.</summary>
public static class ArfWriter
{
    /// <summary>The whole message with CRLF line ends.</summary>
    public static byte[] Write(ArfDraft draft)
    {
        var boundary = "arf_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(draft.MessageId)))[..32];
        var text = new StringBuilder();
        Field(text, "From", draft.From);
        Field(text, "To", $"<{draft.To.Trim('<', '>')}>");
        Field(text, "Subject", "Abuse report");
        Field(text, "Date", Date(draft.Date));
        Field(text, "Message-ID", $"<{draft.MessageId}>");
        Field(text, "MIME-Version", "1.0");
        text.Append("Content-Type: multipart/report; report-type=feedback-report;\r\n\tboundary=\"").Append(boundary).Append("\"\r\n\r\n");

        // RFC 5965 §2: three parts, of which the first is for people.
        Part(text, boundary, "text/plain; charset=utf-8", "8bit");
        text.Append(OneLine($"This is an abuse report for a message to {draft.OriginalRecipient}.")).Append("\r\n\r\n");
        Part(text, boundary, "message/feedback-report", "8bit");
        // RFC 5965 §3.1: these three are required.
        Field(text, "Feedback-Type", "abuse");
        Field(text, "User-Agent", draft.UserAgent);
        Field(text, "Version", "1");
        Field(text, "Original-Mail-From", $"<{draft.OriginalMailFrom}>");
        Field(text, "Original-Rcpt-To", $"<{draft.OriginalRecipient}>");
        text.Append("\r\n");
        AppendReturned(text, draft.OriginalHeader.Span, boundary);
        text.Append("--").Append(boundary).Append("--\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
