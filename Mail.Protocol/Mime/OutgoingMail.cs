using Mail.Protocol.Addresses;

namespace Mail.Protocol.Mime;

/// <summary>A mail to be written. The result depends on nothing else: same value, same octets.</summary>
public sealed record OutgoingMail
{
    /// <summary>The author (RFC 5322 §3.6.2).</summary>
    public required Mailbox From { get; init; }
    /// <summary>Who sends on the author's behalf; null when that is the author.</summary>
    public Mailbox? Sender { get; init; }
    /// <summary>Primary recipients. With neither these nor <see cref="Cc"/> an empty group is written.</summary>
    public IReadOnlyList<Mailbox> To { get; init; } = [];
    /// <summary>Copy recipients.</summary>
    public IReadOnlyList<Mailbox> Cc { get; init; } = [];
    /// <summary>Where answers go.</summary>
    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];
    /// <summary>The subject in plain Unicode; control characters become spaces.</summary>
    public string Subject { get; init; } = "";
    /// <summary>The plain-text body, with any line ending.</summary>
    public string? Text { get; init; }
    /// <summary>The HTML body, with any line ending.</summary>
    public string? Html { get; init; }
    /// <summary>Attachments and inline parts.</summary>
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];
    /// <summary>Further fields, written in order.</summary>
    public IReadOnlyList<HeaderField> Headers { get; init; } = [];
    /// <summary>The message id without angle brackets, <c>left@right</c> (RFC 5322 §3.6.4); see <see cref="MessageIdSyntax"/>.</summary>
    public required string MessageId { get; init; }
    /// <summary>The Date field, in the offset it has (RFC 5322 §3.6.1).</summary>
    public required DateTimeOffset Date { get; init; }
    /// <summary>The attachment is a report of this type about the delivery of mail, such as <c>tlsrpt</c> (RFC 8460 §5.3); null: it is an attachment.</summary>
    public string? ReportType { get; init; }
    /// <summary>What the boundaries are made from; the message id when null.</summary>
    public string? BoundarySeed { get; init; }
}

/// <summary>A file that goes with a mail.</summary>
public sealed record MailAttachment
{
    /// <summary>The file name in plain Unicode; control characters become spaces, directories stay as they are.</summary>
    public required string FileName { get; init; }
    /// <summary>The media type with parameters; what is no media type becomes <c>application/octet-stream</c>.</summary>
    public string ContentType { get; init; } = "application/octet-stream";
    /// <summary>The id behind <c>cid:</c>, without angle brackets; see <see cref="MessageIdSyntax.IsValidContentId"/>.</summary>
    public string? ContentId { get; init; }
    /// <summary>True for what the HTML body shows by <c>cid:</c>: goes into multipart/related.</summary>
    public bool Inline { get; init; }
    /// <summary>The octets, unless <see cref="OpenContent"/> is set.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }
    /// <summary>Opens the octets for <c>MimeWriter.WriteAsync</c>, which disposes of the stream.</summary>
    public Func<CancellationToken, ValueTask<Stream>>? OpenContent { get; init; }
}

/// <summary>What may be used on the way this mail goes.</summary>
/// <param name="Allow8Bit">Write text as 8bit where that is shorter: only for a peer with 8BITMIME (RFC 6152).</param>
public sealed record MimeWriterOptions(bool Allow8Bit = false)
{
    /// <summary>Octets that pass everywhere.</summary>
    public static MimeWriterOptions Default { get; } = new();
}

/// <summary>What was written.</summary>
/// <param name="Size">Octets, for SIZE (RFC 1870).</param>
/// <param name="Needs8BitMime">The peer must offer 8BITMIME.</param>
/// <param name="NeedsSmtpUtf8">A header has an address outside ASCII: the peer must offer SMTPUTF8 (RFC 6531).</param>
public readonly record struct MimeWriteResult(long Size, bool Needs8BitMime, bool NeedsSmtpUtf8);
