using System.Net;
using System.Text;
using Mail.Core.Messages;

namespace Mail.Core.Lint;

/// <summary>What makes mail arrive badly, found by looking at the rendered message and nothing else.</summary>
public static class LintRules
{
    // Gmail cuts a message there and hides the rest behind a link.
    private const int MaxHtmlBytes = 102 * 1024;
    private const int MaxGoodSubject = 70;
    private const int MinLettersToShout = 8;

    public static IReadOnlyList<LintFinding> Check(OutgoingMessage message)
    {
        var findings = new List<LintFinding>();
        CheckSubject(message.Subject, findings);
        if (message.Html is { } html)
            CheckHtml(html, findings);
        if (message is { Unsubscribe: false, Recipients.Count: > 1 })
            findings.Add(new LintFinding(LintSeverity.Info, "no_unsubscribe", "unsubscribe", "Mail to many should offer to unsubscribe."));
        return findings;
    }

    private static void CheckSubject(string subject, List<LintFinding> findings)
    {
        if (subject.Length > MaxGoodSubject)
            findings.Add(Warn("subject_long", "subject", $"Many readers show about {MaxGoodSubject} characters of a subject; this one has {subject.Length}."));
        var letters = subject.Where(char.IsLetter).ToList();
        if (letters.Count >= MinLettersToShout && letters.TrueForAll(char.IsUpper))
            findings.Add(Warn("subject_shouts", "subject", "A subject all in capitals looks like spam."));
        if (subject.Contains("!!", StringComparison.Ordinal) || subject.Contains("$$", StringComparison.Ordinal))
            findings.Add(Warn("subject_shouts", "subject", "Repeated exclamation or dollar signs look like spam."));
    }

    private static void CheckHtml(string html, List<LintFinding> findings)
    {
        var bytes = Encoding.UTF8.GetByteCount(html);
        if (bytes > MaxHtmlBytes)
            findings.Add(Warn("html_large", "html", $"The HTML has {bytes} bytes; beyond {MaxHtmlBytes} some readers cut it off."));
        var seen = HtmlFacts.Read(html);
        if (seen.ActiveElement is { } element)
            findings.Add(Warn("html_active", "html", $"Readers remove <{element}>, and count it against the message."));
        if (seen.ImagesWithoutAlt > 0)
            findings.Add(Warn("image_without_alt", "html", "An image has no alt text: who does not load images sees nothing."));
        if (seen.Images > 0 && seen.TextLength == 0)
            findings.Add(Warn("images_only", "html", "The message is images without text, as spam often is."));
        foreach (var (target, text) in seen.Links)
            CheckLink(target, text, findings);
    }

    private static void CheckLink(string target, string text, List<LintFinding> findings)
    {
        if (!Uri.TryCreate(target, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return;
        if (uri.Scheme == "http")
            findings.Add(Warn("link_insecure", "html", $"A link is not encrypted: {Shorten(target)}"));
        if (IPAddress.TryParse(uri.Host, out _))
            findings.Add(Warn("link_to_address", "html", $"A link goes to an IP address: {Shorten(target)}"));
        // What phishing does: the text names one host, the link goes to another.
        if (Uri.TryCreate(text, UriKind.Absolute, out var shown) && shown.Scheme is "http" or "https"
            && !shown.Host.Equals(uri.Host, StringComparison.OrdinalIgnoreCase))
            findings.Add(Warn("link_text_differs", "html", $"A link shows '{Shorten(shown.Host)}' and goes to '{Shorten(uri.Host)}'."));
    }

    private static LintFinding Warn(string code, string part, string message) => new(LintSeverity.Warning, code, part, message);

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
