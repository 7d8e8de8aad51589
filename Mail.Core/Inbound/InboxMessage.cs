using Mail.Core.Messages;

namespace Mail.Core.Inbound;

/// <summary>A mail in the dev inbox, for one envelope recipient.</summary>
/// <param name="Size">In octets, with the fields that were put in front.</param>
public sealed record InboxMessage(
    InboxMessageId Id, string MailFrom, string RcptTo, string Subject, InboxAuthentication Authentication, DateTimeOffset ReceivedAt,
    MessageId? Message, int Size);

/// <summary>A mail with its octets.</summary>
/// <param name="Inline">All of it, or its beginning when the whole is in blob storage.</param>
/// <param name="Blob">Where the whole is; null when it is here.</param>
public sealed record InboxMail(InboxMessage Message, byte[] Inline, string? Blob);

/// <summary>The results in the words of RFC 8601; null where the check was not made.</summary>
public sealed record InboxAuthentication(DkimSummary? Dkim, SpfSummary? Spf = null, DmarcSummary? Dmarc = null);

public sealed record DkimSummary(string Result, string? Domain, string? Selector, string? Reason);

/// <param name="Domain">The domain that was asked: of the return path, or the name in the greeting.</param>
public sealed record SpfSummary(string Result, string? Domain, string? Reason);

/// <param name="Domain">The author's domain.</param>
/// <param name="Policy">What it asks for: <c>none</c>, <c>quarantine</c> or <c>reject</c>; null without a record.</param>
public sealed record DmarcSummary(string Result, string? Domain, string? Policy, string? Reason);

/// <summary>Which captured mails are asked for; null for any.</summary>
/// <param name="To">The envelope recipient.</param>
/// <param name="From">The author's address.</param>
/// <param name="Words">All of them occur in subject, addresses or text.</param>
/// <param name="Message">The message that it was sent as.</param>
public sealed record InboxFilter(
    string? To = null, string? From = null, string? Subject = null, IReadOnlyList<string>? Words = null, MessageId? Message = null,
    DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null);
