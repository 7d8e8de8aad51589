using Mail.Core.Sandbox;
using Mail.Core.TrackedMail;

namespace Mail.Inbound.Sandbox;

/// <summary>Finds what is tracked in a mail. Only what we signed for this recipient counts, so that no mail can lead us elsewhere.</summary>
internal static class SandboxLinks
{
    private const int MaxLooks = 200;

    /// <summary>The path of the first link of the kind, such as <c>/t/c/…</c>.</summary>
    public static string? FindPath(string html, TrackingAction action, SandboxRecipient recipient, TrackingLinks links)
    {
        var start = action == TrackingAction.Open ? "/t/o/" : "/t/c/";
        var at = html.IndexOf(start, StringComparison.Ordinal);
        for (var looks = 0; at >= 0 && looks < MaxLooks; looks++)
        {
            var begin = at + start.Length;
            var end = begin;
            while (end < html.Length && (char.IsAsciiLetterOrDigit(html[end]) || html[end] is '-' or '_'))
                end++;
            if (links.Read(action, html[begin..end]) is { } target && target.Message == recipient.Message && target.Recipient == recipient.Ordinal)
                return html[at..end];
            at = html.IndexOf(start, end, StringComparison.Ordinal);
        }
        return null;
    }
}
