using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Turns what is stored into a mail. Blind recipients are in the envelope only.</summary>
internal sealed class MailComposer(IOptions<MailHostOptions> host)
{
    // RFC 8460 §5.3: a mail with this field is a multipart/report.
    private const string TlsReportField = "TLS-Report-Domain";

    private readonly string _host = host.Value.Name;

    /// <summary>The mail without its attachments, or what about it cannot be sent.</summary>
    public (OutgoingMail? Mail, string? Problem) Compose(DeliveryJob job)
    {
        if (ToMailbox(job.From.Name, job.From.Address) is not { } from)
            return (null, "the sender is no address");
        if (Recipients(job, RecipientKind.To) is not { } to || Recipients(job, RecipientKind.Cc) is not { } cc)
            return (null, "a recipient is no address");
        if (All(job.ReplyTo.Select(box => ToMailbox(box.Name, box.Address))) is not { } replyTo)
            return (null, "a reply-to is no address");
        var headers = new List<HeaderField>(job.Headers.Count);
        foreach (var (name, value) in job.Headers)
        {
            if (!HeaderField.TryCreateForClient(name, value, out var field, out var error))
                return (null, $"a header field cannot be sent: {error}");
            headers.Add(field);
        }
        return (new OutgoingMail
        {
            From = from,
            To = to,
            Cc = cc,
            ReplyTo = replyTo,
            Subject = job.Subject,
            Html = job.Html,
            Text = job.Text,
            Headers = headers,
            ReportType = job.Headers.ContainsKey(TlsReportField) ? "tlsrpt" : null,
            MessageId = $"{job.Message}@{_host}",
            Date = job.CreatedAt,
        }, null);
    }

    private static List<Mailbox>? Recipients(DeliveryJob job, RecipientKind kind) =>
        All(job.Recipients.Where(recipient => recipient.Kind == kind).Select(recipient => ToMailbox(recipient.Name, recipient.Address)));

    private static List<Mailbox>? All(IEnumerable<Mailbox?> mailboxes)
    {
        var all = new List<Mailbox>();
        foreach (var mailbox in mailboxes)
        {
            if (mailbox is null)
                return null;
            all.Add(mailbox);
        }
        return all;
    }

    private static Mailbox? ToMailbox(string? name, string address) =>
        EmailAddress.TryParse(address, out var parsed) ? new Mailbox(name, parsed) : null;
}
