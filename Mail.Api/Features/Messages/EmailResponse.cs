using System.Diagnostics;
using Mail.Core.Messages;

namespace Mail.Api.Features.Messages;

/// <summary>A message on the Account surface.</summary>
/// <param name="Status"><c>queued</c>, <c>sent</c>, <c>bounced</c> or <c>failed</c>.</param>
/// <param name="ProviderMessageId">The Message-ID of the mail, without angle brackets.</param>
/// <param name="Error">Why it bounced or failed.</param>
public sealed record EmailResponse(
    string Id, string Status, string ProviderMessageId, string From, IReadOnlyList<string> To, IReadOnlyList<string> Cc,
    IReadOnlyList<string> Bcc, string Subject, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, string? Error)
{
    internal static EmailResponse Of(MessageDetails message, string hostName) => new(
        message.Id.ToString(), StatusOf(message.Status), $"{message.Id}@{hostName}", message.From.Address,
        Addresses(message, RecipientKind.To), Addresses(message, RecipientKind.Cc), Addresses(message, RecipientKind.Bcc),
        message.Subject, message.CreatedAt, message.Status == MessageStatus.Sent ? message.SettledAt : null, ErrorOf(message));

    // This surface knows four of the statuses.
    internal static string StatusOf(MessageStatus status) => status switch
    {
        MessageStatus.Scheduled or MessageStatus.Queued or MessageStatus.Sending or MessageStatus.Deferred => "queued",
        MessageStatus.Sent => "sent",
        MessageStatus.Bounced => "bounced",
        MessageStatus.Failed or MessageStatus.Suppressed or MessageStatus.Canceled => "failed",
        _ => throw new UnreachableException(),
    };

    internal static string? ErrorOf(MessageDetails message) => message.Status is MessageStatus.Bounced or MessageStatus.Failed
        ? message.Recipients.FirstOrDefault(recipient => recipient.Status == message.Status)?.Reply
        : null;

    private static IReadOnlyList<string> Addresses(MessageDetails message, RecipientKind kind) =>
        [.. message.Recipients.Where(recipient => recipient.Kind == kind).Select(recipient => recipient.Mailbox.Address)];
}
