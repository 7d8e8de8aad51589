using Mail.Core.Organizations;
using Mail.Core.Templates;
using Mail.Core.Tls;

namespace Mail.Core.Messages;

/// <summary>A message as it is read back. <see cref="MessageStatus.Sending"/> stands for a live lease on its queue row.</summary>
public sealed record MessageDetails
{
    public required MessageId Id { get; init; }

    public required SendingMode Mode { get; init; }

    public required MessageStatus Status { get; init; }

    public required StoredMailbox From { get; init; }

    public required string Subject { get; init; }

    public required IReadOnlyList<StoredMailbox> ReplyTo { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<StoredAttachment> Attachments { get; init; }

    public required IReadOnlyList<RecipientDetails> Recipients { get; init; }

    /// <summary>What brought it in, such as <c>api</c> or <c>batch</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What it was rendered from, if it was.</summary>
    public TemplateId? Template { get; init; }

    /// <summary>What it asks for beyond what its domain needs.</summary>
    public TlsRequirement? Tls { get; init; }

    /// <summary>It holds a secret: neither subject nor content are shown.</summary>
    public bool IsSensitive { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last recipient was settled.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Bodies and extra headers, when they were asked for.</summary>
    public MessageContent? Content { get; init; }
}

public sealed record MessageContent(string? Html, string? Text, IReadOnlyDictionary<string, string> Headers);

public sealed record RecipientDetails(
    RecipientKind Kind, StoredMailbox Mailbox, MessageStatus Status, int Attempts, DateTimeOffset? NextAttemptAt,
    DateTimeOffset? SettledAt, int? SmtpCode, string? EnhancedCode, string? Reply);

public sealed record AttemptDetails(
    AttemptId Id, string Recipient, int Number, string Outcome, string Stage, string Cause, DateTimeOffset StartedAt,
    DateTimeOffset EndedAt, string? MxHost, string? MxAddress, string? TlsVersion, string? TlsCipher, int? SmtpCode,
    string? EnhancedCode, string? Reply, DateTimeOffset? NextAttemptAt, string? TlsPolicy, string? TlsVerification, string? TlsProblem);

