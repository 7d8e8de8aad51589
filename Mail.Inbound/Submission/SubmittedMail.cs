using System.Buffers;
using Mail.Core.Messages;
using Mail.Core.Tls;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Inbound.Submission;

/// <summary>
/// A submitted mail as what <see cref="AcceptMessages"/> takes: read into its parts, and written anew when it is sent. So
/// it is bounded, signed and free of what a client may not say, like a message of the API.
/// </summary>
internal static class SubmittedMail
{
    private const int MaxSubject = 998; // RFC 5322 §2.1.1
    private const int MaxHops = 100; // RFC 5321 §6.3
    private const int MaxReplyTo = 50;

    // What is cut off by a limit must not be lost in silence.
    private static readonly MimeDefect[] Losses =
    [
        MimeDefect.MessageTruncated, MimeDefect.HeaderTruncated, MimeDefect.TooDeep, MimeDefect.TooManyParts, MimeDefect.TextTruncated,
    ];

    /// <summary>The message, or what is wrong with it.</summary>
    public static (OutgoingMessage? Message, string? Problem) Read(
        ReadOnlySequence<byte> mail, IReadOnlyList<EmailAddress> recipients, SubmissionOptions options, bool requiresTls = false)
    {
        var parsed = MimeMessage.Parse(mail);
        if (parsed.Headers.FindAll("Received").Skip(MaxHops).Any())
            return (null, "Too many hops");
        var (control, problem) = ControlHeaders.Read(parsed.Headers);
        if (control is null)
            return (null, problem);
        if (parsed.From is not { Unreadable: [], Items: [Mailbox { Address: { IsStrict: true, IsAddressLiteral: false } } from] })
            return (null, "The header needs one From field with one address");
        var subject = parsed.Subject?.Replace('\t', ' ') ?? "";
        if (subject.Length > MaxSubject)
            return (null, $"The subject has at most {MaxSubject} characters");
        List<Mailbox> replyTo = [.. parsed.ReplyTo.Mailboxes.Where(mailbox => mailbox.Address.IsStrict)];
        if (replyTo.Count > MaxReplyTo)
            return (null, $"Reply-To has at most {MaxReplyTo} addresses");
        if (!TryReadHeaders(parsed.Headers, options.MaxHeaders, out var headers))
            return (null, $"The header has more than {options.MaxHeaders} fields that are passed on, or one of them is too long");
        var (text, html) = control.Template is null ? (parsed.Text, parsed.Html) : (null, null);
        var attachments = SubmittedAttachments.Read(parsed);
        if (attachments.Count > options.MaxAttachments)
            return (null, $"A message has at most {options.MaxAttachments} attachments");
        // Only now all of it has been decoded.
        if (parsed.Defects.Intersect(Losses).Any())
            return (null, "The message has more parts, levels or text than are read");
        if (text?.Contains('\0') == true || html?.Contains('\0') == true)
            return (null, "The text must not have the character NUL");
        var message = new OutgoingMessage
        {
            From = from,
            Recipients = RecipientsOf(parsed, recipients),
            ReplyTo = replyTo,
            Subject = subject,
            Html = string.IsNullOrEmpty(html) ? null : html,
            Text = string.IsNullOrEmpty(text) && (!string.IsNullOrEmpty(html) || control.Template is not null) ? null : text ?? "",
            Headers = headers,
            Tags = control.Tags,
            Metadata = control.Metadata,
            Attachments = attachments,
            Render = control.Template,
            Source = MessageSource.Submission,
            Tls = requiresTls ? TlsRequirement.RequireTls : null,
        };
        return (control.IdempotencyKey is { } key ? message with { Idempotency = SubmittedHash.IdempotencyOf(key, message) } : message, null);
    }

    // The envelope says who gets it, the header how it is shown: who is in the envelope alone is a blind copy.
    private static List<OutgoingRecipient> RecipientsOf(MimeMessage mail, IReadOnlyList<EmailAddress> envelope)
    {
        var left = envelope.ToDictionary(address => address.NormalForm);
        var recipients = new List<OutgoingRecipient>(envelope.Count);
        Take(mail.To, RecipientKind.To);
        Take(mail.Cc, RecipientKind.Cc);
        recipients.AddRange(envelope.Where(address => left.ContainsKey(address.NormalForm))
            .Select(address => new OutgoingRecipient(RecipientKind.Bcc, new Mailbox(null, address))));
        return recipients;

        void Take(AddressList shown, RecipientKind kind)
        {
            foreach (var mailbox in shown.Mailboxes)
            {
                if (left.Remove(mailbox.Address.NormalForm, out var address))
                    recipients.Add(new OutgoingRecipient(kind, new Mailbox(mailbox.DisplayName, address)));
            }
        }
    }

    // What is reserved is ours to write; of fields that repeat the first counts.
    private static bool TryReadHeaders(MimeHeaders fields, int maxCount, out Dictionary<string, string>? headers)
    {
        headers = null;
        foreach (var field in fields)
        {
            if (ControlHeaders.Contains(field.Name) || ReservedHeaders.Contains(field.Name) || field.Decoded.Trim() is not { Length: > 0 } value)
                continue;
            if (!HeaderField.TryCreateForClient(field.Name, value, out var kept, out var error))
            {
                if (error == HeaderFieldError.TooLong)
                    return false;
                continue;
            }
            headers ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            if (headers.TryAdd(kept.Name, kept.Value) && headers.Count > maxCount)
                return false;
        }
        return true;
    }
}
