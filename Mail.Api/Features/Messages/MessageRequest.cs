using Mail.Api.Http;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Messages;

/// <summary>What both surfaces take to send one message.</summary>
[RequiredFields("from", "to")]
public abstract record MessageRequest
{
    /// <summary>The sender, at a verified domain of the organization.</summary>
    public AddressInputs? From { get; init; }

    /// <summary>At least one recipient.</summary>
    public AddressInputs? To { get; init; }

    public AddressInputs? Cc { get; init; }

    public AddressInputs? Bcc { get; init; }

    /// <summary>Where answers go.</summary>
    public AddressInputs? ReplyTo { get; init; }

    public string? Subject { get; init; }

    /// <summary>The HTML body; at least one of html and text is needed.</summary>
    public string? Html { get; init; }

    /// <summary>The plain-text body.</summary>
    public string? Text { get; init; }

    /// <summary>Extra header fields; names that the system sets itself are refused.</summary>
    public Dictionary<string, string?>? Headers { get; init; }

    /// <summary>Labels to find and count messages by.</summary>
    public TagsInput? Tags { get; init; }

    /// <summary>Returned with the message and in its events.</summary>
    public Dictionary<string, string?>? Metadata { get; init; }

    /// <summary>Give up on what is not delivered after this time, such as <c>10m</c> or <c>48h</c>.</summary>
    public Duration? ExpiresIn { get; init; }

    public List<AttachmentRequest?>? Attachments { get; init; }

    /// <summary>Repeating a request with the same key sends nothing twice; the header Idempotency-Key says the same.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Not before this time: the message waits as <c>scheduled</c>. A time that has passed means now.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>Fills the placeholders of subject, html and text, or of the template.</summary>
    public VariablesInput? Variables { get; init; }

    /// <summary>The same as variables.</summary>
    public VariablesInput? Data { get; init; }

    /// <summary>Which of the recipient's actions are recorded; by default those that the sender's domain has on.</summary>
    public TrackingRequest? Tracking { get; init; }

    /// <summary>Lets every recipient unsubscribe with one click in their mail program.</summary>
    public bool? Unsubscribe { get; init; }

    /// <summary>
    /// How much TLS the mail needs on its way: <c>opportunistic</c>; <c>required</c>: it is not sent in the clear; <c>requiretls</c>: only by servers
    /// that are proven to be the recipient's and promise the same (RFC 8689). Never less than the sender's domain has set.
    /// </summary>
    public string? Tls { get; init; }

    /// <summary>Whether one string may hold several addresses.</summary>
    internal abstract bool SeparatedAddresses { get; }

    /// <summary>Id or slug of the template that the content comes from; null: it is in the request.</summary>
    internal abstract string? TemplateName { get; }

    /// <summary>The version of the template; null for the active one.</summary>
    internal virtual string? TemplateVersion => null;

    /// <summary>The sender's name, when it does not stand in from.</summary>
    internal virtual string? SenderName => null;
}

/// <summary>Tracking of one message; what is absent is off.</summary>
public sealed record TrackingRequest
{
    /// <summary>By a picture at the end of the HTML body.</summary>
    public bool? Opens { get; init; }

    /// <summary>By the links of the HTML body.</summary>
    public bool? Clicks { get; init; }
}

/// <summary>An attachment within the request.</summary>
public sealed record AttachmentRequest
{
    public string? Filename { get; init; }

    /// <summary>The bytes in base64.</summary>
    public Base64Bytes? Content { get; init; }

    /// <summary>Told from the file name when absent.</summary>
    public string? ContentType { get; init; }

    /// <summary>For a part that the HTML shows through <c>cid:</c>.</summary>
    public string? ContentId { get; init; }

    /// <summary>An asset of the organization, instead of content.</summary>
    public string? AssetId { get; init; }

    /// <summary>A completed upload session, instead of content.</summary>
    public string? UploadId { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/send</c>.</summary>
public sealed record SendMessageRequest : MessageRequest
{
    /// <summary>A template, by id or slug, instead of html and text.</summary>
    public string? TemplateId { get; init; }

    internal override bool SeparatedAddresses => false;

    internal override string? TemplateName => TemplateId;
}

/// <summary>The body of <c>POST /v1/emails</c>.</summary>
public sealed record SendEmailRequest : MessageRequest
{
    /// <summary>The name shown for the sender.</summary>
    public string? FromName { get; init; }

    /// <summary>A published template, by id or slug, instead of html and text.</summary>
    public string? TemplateId { get; init; }

    internal override string? SenderName => FromName;

    internal override bool SeparatedAddresses => true;

    internal override string? TemplateName => TemplateId;
}

/// <param name="IdempotencyStatus"><c>created</c>, or <c>replayed</c> for a repeated request.</param>
public sealed record SendMessageResponse(string Id, string Status, string IdempotencyStatus);
