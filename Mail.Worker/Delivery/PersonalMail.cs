using System.Net;
using Mail.Core.Queue;
using Mail.Core.Templates;
using Mail.Core.TrackedMail;
using Mail.Protocol.Mime;

namespace Mail.Worker.Delivery;

/// <summary>Puts into a mail what belongs to its one recipient: links and pixel that tell who used them, and the way to unsubscribe.</summary>
internal sealed class PersonalMail(TrackingLinks links, TrackingDefaults origins)
{
    private const string Unsubscribe = "List-Unsubscribe";

    /// <summary>Mail that asks for none of it stays as it is, and so does an item for several recipients: it cannot be personal.</summary>
    public async ValueTask<OutgoingMail> ApplyAsync(DeliveryJob job, OutgoingMail mail, CancellationToken cancellationToken)
    {
        if (job is { Unsubscribe: false, Tracking: { Opens: false, Clicks: false } } || job.OnlyRecipient is not { } recipient)
            return mail;
        var origin = await origins.OriginAsync(job.Organization, job.SenderDomain, cancellationToken);
        if (job.Unsubscribe && !mail.Headers.Any(header => header.Name.StartsWith(Unsubscribe, StringComparison.OrdinalIgnoreCase)))
            mail = mail with { Headers = [.. mail.Headers, .. HeadersOf(job, recipient, origin)] };
        if (job.Unsubscribe)
            mail = WriteAddress(mail, $"{origin}/u/{TokenOf(job, recipient, TrackingAction.Unsubscribe)}");
        return mail.Html is { } html && job.Tracking is { Opens: true } or { Clicks: true } ? mail with { Html = Track(job, recipient, origin, html) } : mail;
    }

    private IReadOnlyList<HeaderField> HeadersOf(DeliveryJob job, short recipient, string origin)
    {
        // RFC 8058 §3.1: only https.
        var secure = origin.StartsWith("http://", StringComparison.Ordinal) ? "https://" + origin["http://".Length..] : origin;
        return new ListUnsubscribe($"{secure}/u/{TokenOf(job, recipient, TrackingAction.Unsubscribe)}", MailTo: null, OneClick: true).ToHeaderFields();
    }

    private static OutgoingMail WriteAddress(OutgoingMail mail, string address) => mail with
    {
        Html = mail.Html?.Replace(UnsubscribeVariable.StandIn, address, StringComparison.Ordinal),
        Text = mail.Text?.Replace(UnsubscribeVariable.StandIn, address, StringComparison.Ordinal),
    };

    private string Track(DeliveryJob job, short recipient, string origin, string html)
    {
        var pixel = job.Tracking.Opens
            ? $"<img src=\"{WebUtility.HtmlEncode($"{origin}/t/o/{TokenOf(job, recipient, TrackingAction.Open)}")}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0\">"
            : null;
        return TrackedHtml.Read(html).Write(
            url => !job.Tracking.Clicks || url.StartsWith(origin + "/", StringComparison.OrdinalIgnoreCase)
                ? null
                : $"{origin}/t/c/{TokenOf(job, recipient, TrackingAction.Click, url)}",
            pixel);
    }

    private string TokenOf(DeliveryJob job, short recipient, TrackingAction action, string url = "") =>
        links.Write(action, job.Organization, job.Message, recipient, url);
}
