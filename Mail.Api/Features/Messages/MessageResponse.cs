using System.Text.Json.Serialization;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Tls;

namespace Mail.Api.Features.Messages;

/// <summary>A message on the Mail surface. The bodies and extra headers come with <c>?include=content</c>.</summary>
public sealed record MessageResponse
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    /// <summary><c>live</c>, or <c>test</c>: delivered to the dev inbox only.</summary>
    public required string Mode { get; init; }

    public required AddressResponse From { get; init; }

    public required IReadOnlyList<AddressResponse> To { get; init; }

    public required IReadOnlyList<AddressResponse> Cc { get; init; }

    public required IReadOnlyList<AddressResponse> Bcc { get; init; }

    public required IReadOnlyList<AddressResponse> ReplyTo { get; init; }

    public required string Subject { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<AttachmentResponse> Attachments { get; init; }

    public required IReadOnlyList<RecipientResponse> Recipients { get; init; }

    /// <summary>What brought it in: <c>api</c>, <c>batch</c>, <c>scheduled</c>, <c>otp</c>, <c>template_test</c> or <c>submission</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The template it was rendered from.</summary>
    public required string? TemplateId { get; init; }

    /// <summary>How much TLS it asks for; null: no more than its domain needs.</summary>
    public required string? Tls { get; init; }

    /// <summary>It holds a secret, such as a one-time code: neither subject nor content are shown.</summary>
    public required bool Sensitive { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last recipient was settled.</summary>
    public required DateTimeOffset? SettledAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContentResponse? Content { get; init; }

    internal static MessageResponse Of(MessageDetails message) => new()
    {
        Id = message.Id.ToString(),
        Status = message.Status.ToText(),
        Mode = message.Mode.ToText(),
        From = AddressResponse.Of(message.From),
        To = Addresses(message, RecipientKind.To),
        Cc = Addresses(message, RecipientKind.Cc),
        Bcc = Addresses(message, RecipientKind.Bcc),
        ReplyTo = [.. message.ReplyTo.Select(AddressResponse.Of)],
        Subject = message.Subject,
        Tags = message.Tags,
        Metadata = message.Metadata,
        Attachments = [.. message.Attachments.Select(AttachmentResponse.Of)],
        Recipients = [.. message.Recipients.Select(RecipientResponse.Of)],
        Source = message.Source,
        TemplateId = message.Template?.ToString(),
        Tls = message.Tls?.ToText(),
        Sensitive = message.IsSensitive,
        CreatedAt = message.CreatedAt,
        SettledAt = message.SettledAt,
        Content = message.Content is { } content ? new ContentResponse(content.Html, content.Text, content.Headers) : null,
    };

    private static IReadOnlyList<AddressResponse> Addresses(MessageDetails message, RecipientKind kind) =>
        [.. message.Recipients.Where(recipient => recipient.Kind == kind).Select(recipient => AddressResponse.Of(recipient.Mailbox))];
}

public sealed record AddressResponse(string Email, string? Name)
{
    internal static AddressResponse Of(StoredMailbox mailbox) => new(mailbox.Address, mailbox.Name);
}

public sealed record ContentResponse(string? Html, string? Text, IReadOnlyDictionary<string, string> Headers);

public sealed record AttachmentResponse(string Filename, string? ContentType, string? ContentId, long Size)
{
    internal static AttachmentResponse Of(StoredAttachment attachment) =>
        new(attachment.FileName, attachment.ContentType, attachment.ContentId, attachment.Size);
}

/// <param name="Kind"><c>to</c>, <c>cc</c> or <c>bcc</c>.</param>
/// <param name="Attempts">How often delivery was tried.</param>
public sealed record RecipientResponse(
    string Email, string? Name, string Kind, string Status, int Attempts, DateTimeOffset? NextAttemptAt, DateTimeOffset? SettledAt,
    int? SmtpCode, string? EnhancedCode, string? Reply)
{
    internal static RecipientResponse Of(RecipientDetails recipient) => new(
        recipient.Mailbox.Address, recipient.Mailbox.Name, recipient.Kind.ToText(), recipient.Status.ToText(), recipient.Attempts,
        recipient.NextAttemptAt, recipient.SettledAt, recipient.SmtpCode, recipient.EnhancedCode, recipient.Reply);
}
