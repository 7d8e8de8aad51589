using Mail.Core.Assets;
using Mail.Core.Batches;
using Mail.Core.Templates;
using Mail.Core.Tls;
using Mail.Protocol.Addresses;

namespace Mail.Core.Messages;

/// <summary>A message as a caller hands it over: fields checked, not yet accepted.</summary>
public sealed record OutgoingMessage
{
    public required Mailbox From { get; init; }

    /// <summary>In header order: to, then cc, then bcc. At least one.</summary>
    public required IReadOnlyList<OutgoingRecipient> Recipients { get; init; }

    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];

    public required string Subject { get; init; }

    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>Extra header fields, reserved names already refused.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public IReadOnlyList<OutgoingAttachment> Attachments { get; init; } = [];

    /// <summary>Give up on what is not delivered by then; null for the default.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    public Idempotency? Idempotency { get; init; }

    public MessageSource Source { get; init; } = MessageSource.Api;

    public DeliveryPriority Priority { get; init; } = DeliveryPriority.Normal;

    public DeliveryGuarantee Guarantee { get; init; } = DeliveryGuarantee.AtLeastOnce;

    /// <summary>Null: as the sender's domain has it.</summary>
    public Tracking? Tracking { get; init; }

    /// <summary>Offers the recipient to unsubscribe with one click (RFC 8058).</summary>
    public bool Unsubscribe { get; init; }

    /// <summary>Every recipient gets a mail of their own: what they do with it tells who they are.</summary>
    internal bool IsPersonal => Unsubscribe || (Html is not null && Tracking is { Opens: true } or { Clicks: true });

    /// <summary>Null: no more than the sender's domain needs.</summary>
    public TlsRequirement? Tls { get; init; }

    /// <summary>The content holds a secret: it is delivered and never shown.</summary>
    public bool Sensitive { get; init; }

    /// <summary>Not before then; null for now.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>What the content is to be rendered from; null: it is final.</summary>
    public TemplateUse? Render { get; init; }

    /// <summary>What the content was rendered from, if it was.</summary>
    public TemplateReference? Template { get; init; }

    public BatchId? Batch { get; init; }

    /// <summary>What is committed with the message; nothing is when the message is refused or replayed.</summary>
    public IReadOnlyList<AcceptCompanion> Companions { get; init; } = [];

    public SuppressedRecipients OnSuppressed { get; init; } = SuppressedRecipients.Skip;
}

/// <summary>What to do when recipients are suppressed.</summary>
public enum SuppressedRecipients
{
    /// <summary>They get nothing, the others their mail.</summary>
    Skip,

    /// <summary>Nobody gets anything: the message is refused.</summary>
    Refuse,
}

public sealed record OutgoingRecipient(RecipientKind Kind, Mailbox Mailbox)
{
    /// <summary>An address of the sandbox, which nothing counts.</summary>
    internal bool IsSandbox { get; init; }
}

public enum RecipientKind
{
    To,
    Cc,
    Bcc,
}

/// <summary>An attachment: bytes that came with the request, an asset, or a finished upload.</summary>
/// <param name="ContentType">Null: that of the asset, or told from the file name.</param>
/// <param name="ContentId">Set for a part that the HTML shows through <c>cid:</c>.</param>
/// <param name="Content">Empty when the bytes are somewhere else.</param>
public sealed record OutgoingAttachment(string FileName, string? ContentType, string? ContentId, ReadOnlyMemory<byte> Content)
{
    public AssetId? Asset { get; init; }

    public UploadId? Upload { get; init; }

    internal Guid? Source => Asset?.Value ?? Upload?.Value;
}

/// <summary>A caller's key for one request, and the hash of the canonical body it was first used with.</summary>
/// <param name="Operation">Keys of different operations do not meet.</param>
public sealed record Idempotency(string Operation, string Key, byte[] RequestHash);
