using System.Diagnostics;
using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Api.Features.Messages;

/// <summary>A message as <c>/v1/messages</c> lists it.</summary>
/// <param name="ToEmail">The first recipient.</param>
/// <param name="Status">0 scheduled, 1 queued, 2 sending, 3 sent, 4 deferred, 5 failed, 6 bounced, 7 suppressed, 8 canceled.</param>
/// <param name="Test">Sent with a test key: it is in the dev inbox.</param>
public sealed record AccountMessageResponse(
    string Id, string FromEmail, string ToEmail, string Subject, int Status, bool Test, DateTimeOffset CreatedAt, DateTimeOffset? SentAt,
    string? ErrorMessage)
{
    internal static AccountMessageResponse Of(MessageDetails message) => new(
        message.Id.ToString(), message.From.Address, message.Recipients[0].Mailbox.Address, message.Subject, NumberOf(message.Status),
        message.Mode == SendingMode.Test, message.CreatedAt, message.Status == MessageStatus.Sent ? message.SettledAt : null,
        EmailResponse.ErrorOf(message));

    // The one table of these numbers.
    internal static int NumberOf(MessageStatus status) => status switch
    {
        MessageStatus.Scheduled => 0,
        MessageStatus.Queued => 1,
        MessageStatus.Sending => 2,
        MessageStatus.Sent => 3,
        MessageStatus.Deferred => 4,
        MessageStatus.Failed => 5,
        MessageStatus.Bounced => 6,
        MessageStatus.Suppressed => 7,
        MessageStatus.Canceled => 8,
        _ => throw new UnreachableException(),
    };
}

/// <param name="HtmlBody">Null where there is none, and where the content holds a secret.</param>
public sealed record AccountMessageContentResponse(AccountMessageResponse Message, string? HtmlBody, string? TextBody);

/// <param name="Type">0 sent, 1 delivered, 2 bounce, 3 complaint, 4 open, 5 click, 6 reject, 7 delivery delay.</param>
/// <param name="Metadata">What is known besides, such as <c>smtpResponse</c> or <c>userAgent</c>.</param>
public sealed record AccountMessageEventResponse(
    string Id, int Type, DateTimeOffset OccurredAt, IReadOnlyDictionary<string, string>? Metadata);
