using Mail.Core.Text;
using Mail.Protocol.Addresses;
using Mail.Protocol.Bounces;
using Mail.Protocol.Dsn;
using Mail.Protocol.Mime;

namespace Mail.Core.Bounces;

/// <summary>
/// What mail to a return path says happened. The message is proven by the address it came to; the content only tells
/// why, and, where a transaction had several recipients, which of them.
/// </summary>
internal static class BounceReading
{
    private const string Structured = "rfc3464";
    private const int MaxRecipients = 200;
    private const int MaxTextLength = 1000;
    private const int MaxCodeLength = 11; // RFC 3463 §2: x.xxx.xxx
    private const int MaxClassifiedText = 4096;

    // Who writes reports at hosts that write them without structure.
    private static readonly string[] Daemons = ["mailer-daemon", "postmaster", "mail-daemon", "mdaemon", "maildaemon"];

    /// <summary>Empty when it is no bounce: a delay, an answer of a person or a machine, something else.</summary>
    /// <param name="mailFrom">The envelope sender, empty for <c>&lt;&gt;</c>.</param>
    public static IReadOnlyList<BounceReport> Read(ReturnPathTarget target, string mailFrom, MimeMessage message)
    {
        if (DsnReader.Read(message) is { } report)
        {
            // RFC 3464 has a form that nobody fills in by hand; words can be anybody's.
            return report.Dialect != Structured && !IsWrittenByServer(mailFrom, message)
                ? []
                : [.. Failures(target, report).Select(recipient => Report(target, recipient)).OfType<BounceReport>()];
        }
        return IsWrittenByServer(mailFrom, message) && Report(target, message) is { } bounce ? [bounce] : [];
    }

    // One recipient had the message under this return path, so there is one bounce, whoever stands behind the address.
    private static IEnumerable<DsnRecipient> Failures(ReturnPathTarget target, DsnReport report) =>
        report.Recipients.Where(recipient => recipient.Action == DsnAction.Failed).Take(target.Recipient is null ? MaxRecipients : 1);

    private static BounceReport? Report(ReturnPathTarget target, DsnRecipient recipient)
    {
        var reply = recipient.ToBounceReply();
        var verdict = BounceClassifier.Default.Classify(reply);
        return verdict.Effect == BounceEffect.None ? null : new BounceReport(
            target.Message, new ReportedRecipient(target.Recipient, AddressOf(recipient)), verdict.Effect, BounceSource.Dsn,
            verdict.Class.ToText(), reply.Code, CodeOf(reply.EnhancedCode), TextOf(recipient.Diagnostic));
    }

    // No structure and no writer that is known: what the words say, if they say that it is final.
    private static BounceReport? Report(ReturnPathTarget target, MimeMessage message)
    {
        var text = message.Text ?? "";
        var verdict = BounceClassifier.Default.Classify(
            new BounceReply(BounceStage.Report, null, null, text.Length > MaxClassifiedText ? text[..MaxClassifiedText] : text));
        return verdict.Effect == BounceEffect.None || verdict.Class == BounceClass.Undetermined || !verdict.IsPermanent ? null : new BounceReport(
            target.Message, new ReportedRecipient(target.Recipient), verdict.Effect, BounceSource.Dsn, verdict.Class.ToText(),
            Text: TextOf(text.Trim()));
    }

    // RFC 3834 §3.3: an absence note has the null sender too, but names the person that is absent.
    private static bool IsWrittenByServer(string mailFrom, MimeMessage message)
    {
        var author = message.From.Mailboxes.FirstOrDefault()?.Address.LocalPart ?? "";
        return IsDaemon(author) || message.Headers.Find("X-Failed-Recipients") is not null || (mailFrom.Length == 0 && author.Length == 0) || (IsDaemon(LocalPartOf(mailFrom)) && !IsAutomaticAnswer(message));
    }

    private static bool IsAutomaticAnswer(MimeMessage message) =>
        message.Headers.Find("Auto-Submitted")?.Unfolded.Trim().StartsWith("auto-replied", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsDaemon(string localPart) => Daemons.Contains(localPart, StringComparer.OrdinalIgnoreCase);

    private static string LocalPartOf(string address) => address[..Math.Max(0, address.LastIndexOf('@'))];

    private static EmailAddress? AddressOf(DsnRecipient recipient) =>
        EmailAddress.TryParse(recipient.OriginalRecipient, out var original) ? original
        : EmailAddress.TryParse(recipient.FinalRecipient, out var final) ? final
        : null;

    private static string? CodeOf(string? code) => code is { Length: > 0 and <= MaxCodeLength } ? code : null;

    private static string? TextOf(string? text) => string.IsNullOrEmpty(text) ? null : StorableText.Of(text, MaxTextLength);
}
