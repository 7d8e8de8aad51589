using System.Text;
using Mail.Protocol.Addresses;
using Mail.Protocol.Bounces;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Dsn;

/// <summary>
/// Reads reports in free text. All of them name an address on a line of its own, or in front of a colon, and put the reason
/// behind it; they differ in the words around.
/// </summary>
internal static class DsnText
{
    private const int MaxLines = 2000, MaxRecipients = 1000, MaxReason = 4096;

    /// <summary>Words that only the named writer of reports uses, in lower case.</summary>
    private static readonly (string Dialect, string Mark)[] s_dialects =
    [
        ("qmail", "qmail-send program"),
        ("qmail", "i wasn't able to deliver your message to the following addresses"),
        ("exim", "created automatically by mail delivery software"),
        ("sendmail", "the following addresses had permanent"),
        ("sendmail", "the following addresses had transient"),
        ("sendmail", "the following addresses had delivery"),
        ("postfix", "this is the mail system at host"),
        ("postfix", "this is the postfix program at host"),
        ("gmail", "delivery to the following recipient failed"),
        ("gmail", "delivery to the following recipients failed"),
        ("gmail", "delivery to the following recipient has been delayed"),
        ("gmail", "your message wasn't delivered to"),
        ("yahoo", "unable to deliver message to the following address"),
        ("yahoo", "sorry, we were unable to deliver your message to the following address"),
        ("exchange", "did not reach the following recipient"),
        ("exchange", "delivery has failed to these recipients"),
        ("exchange", "delivery to the following recipients failed"),
        ("domino", "was not delivered to:"),
        ("domino", "your message could not be delivered to the following"),
        ("domino", "could not be delivered to"),
        ("courier", "this is a delivery status notification from"),
        ("mcafee", "the message you sent could not be delivered"),
        ("generic", "delivery failed"),
        ("generic", "could not be delivered"),
        ("generic", "undeliverable"),
        ("generic", "delivery status notification (failure)"),
    ];

    /// <summary>Where the returned message begins.</summary>
    private static readonly string[] s_returned =
    [
        "--- below this line is a copy of the message", "this is a copy of the message", "this is a copy of your message",
        "----- original message -----", "-----original message-----", "----- original message header", "--- original message follows",
        "----- message header follows -----", "the header of the original message", "--- the header of the original", "----- unsent message follows",
        "----- transcript of session follows", "original message headers:", "----- message headers follow -----", "returned message follows",
    ];

    public static DsnReport? Read(MimeMessage message)
    {
        var text = message.Text ?? "";
        if (DialectOf(message, text) is not { } dialect)
            return null;

        var lines = text.Split('\n', MaxLines + 1).Take(MaxLines).Select(line => line.TrimEnd('\r', ' ', '\t')).ToArray();
        var end = Array.FindIndex(lines, line => s_returned.Any(mark => line.Contains(mark, StringComparison.OrdinalIgnoreCase)));
        var recipients = Recipients(lines.AsSpan(0, end < 0 ? lines.Length : end));
        if (recipients.Count == 0)
            recipients = FailedRecipients(message, text);
        return recipients.Count == 0 ? null : new DsnReport
        {
            Dialect = dialect,
            Recipients = recipients,
            OriginalHeaders = ReturnedMessage.HeadersIn(message.Root) ?? (end < 0 ? null : HeadersBehind(lines, end + 1)),
        };
    }

    private static string? DialectOf(MimeMessage message, string text)
    {
        var start = text.Length > 16_384 ? text[..16_384] : text;
        foreach (var (dialect, mark) in s_dialects)
        {
            if (start.Contains(mark, StringComparison.OrdinalIgnoreCase) || (message.Subject ?? "").Contains(mark, StringComparison.OrdinalIgnoreCase))
                return dialect;
        }

        return message.Headers.Find("X-Failed-Recipients") is null ? null : "exim";
    }

    private static List<DsnRecipient> Recipients(ReadOnlySpan<string> lines)
    {
        var recipients = new List<DsnRecipient>();
        for (var i = 0; i < lines.Length && recipients.Count < MaxRecipients; i++)
        {
            if (AddressLine(lines[i]) is not { } found)
                continue;
            var reason = new StringBuilder(found.Behind);
            i = AppendReason(reason, lines, i + 1) - 1;
            recipients.Add(Recipient(found.Address, reason.ToString().Trim()));
        }

        return recipients;
    }

    /// <summary>The paragraphs up to the next address, until one of them has a code. Returns the line to go on with.</summary>
    private static int AppendReason(StringBuilder reason, ReadOnlySpan<string> lines, int at)
    {
        for (; at < lines.Length && AddressLine(lines[at]) is null; at++)
        {
            var line = lines[at].Trim();
            if (line.Length == 0 && reason.Length > 0 && HasCode(reason.ToString()))
                break;
            if (line.Length > 0 && reason.Length < MaxReason)
                reason.Append(reason.Length > 0 ? " " : "").Append(line);
        }

        return at;
    }

    private static bool HasCode(string reason) => ReplyCodes.Find(reason) is not (null, null);

    /// <summary>"&lt;a@b&gt;: reason", "a@b", "    a@b", "&lt;a@b&gt;", "a@b: reason", "a@b on 1/2/2026 3:04".</summary>
    private static (string Address, string Behind)? AddressLine(string line)
    {
        var text = line.AsSpan().Trim();
        text = text.TrimStart("*-•> ");
        if (text.Length is 0 or > 1000 || text.IndexOf('@') < 0)
            return null;

        var bracketed = text[0] == '<';
        var end = bracketed ? text.IndexOf('>') : text.IndexOfAny(" \t:;,(");
        var address = end < 0 ? text : bracketed ? text[1..end] : text[..end];
        var rest = end < 0 ? "" : text[(bracketed ? end + 1 : end)..].Trim().ToString();
        if (!EmailAddress.TryParse(address, out var parsed, out _))
            return null;
        // Prose that begins with an address is none; behind the address stands nothing, a colon or a bracket.
        return rest.Length == 0 || rest[0] is ':' or '(' or '.' || rest.StartsWith("on ", StringComparison.Ordinal)
            ? (parsed.Address, rest.TrimStart(':', '.', ' '))
            : null;
    }

    private static DsnRecipient Recipient(string address, string reason)
    {
        var (code, enhanced) = ReplyCodes.Find(reason);
        var isDelay = enhanced is ['4', ..] || (enhanced is null && code is >= 400 and < 500);
        return new DsnRecipient(address, isDelay ? DsnAction.Delayed : DsnAction.Failed, enhanced ?? "")
        {
            Diagnostic = reason.Length == 0 ? null : reason,
            SmtpCode = code,
        };
    }

    /// <summary>The field of Exim, which Gmail and others write too.</summary>
    private static List<DsnRecipient> FailedRecipients(MimeMessage message, string text)
    {
        var field = message.Headers.Find("X-Failed-Recipients")?.Unfolded ?? "";
        var reason = text.Length > MaxReason ? text[..MaxReason] : text;
        return [.. field.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Take(MaxRecipients).Where(address => EmailAddress.TryParse(address, out _)).Select(address => Recipient(address, reason.Trim()))];
    }

    private static MimeHeaders? HeadersBehind(string[] lines, int start)
    {
        // "Return-Path: <…>" begins most copies; a row of dashes or an empty line may stand before it.
        while (start < lines.Length && (lines[start].Length == 0 || lines[start].StartsWith("---", StringComparison.Ordinal)))
            start++;
        return ReturnedMessage.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines.Skip(start))));
    }
}
