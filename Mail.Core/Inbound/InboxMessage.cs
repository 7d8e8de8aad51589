using Mail.Core.Messages;

namespace Mail.Core.Inbound;

/// <summary>A mail in the dev inbox, for one envelope recipient.</summary>
public sealed record InboxMessage(
    InboxMessageId Id, string MailFrom, string RcptTo, string Subject, InboxAuthentication Authentication, DateTimeOffset ReceivedAt,
    MessageId? Message);

/// <summary>The results in the words of RFC 8601; null where the check was not made.</summary>
public sealed record InboxAuthentication(DkimSummary? Dkim, string? Spf = null, string? Dmarc = null);

public sealed record DkimSummary(string Result, string? Domain, string? Selector, string? Reason);

/// <summary>A mail to be stored.</summary>
/// <param name="Raw">The octets as received, with the Return-Path and Received fields in front.</param>
public sealed record CapturedMail(
    string MailFrom, IReadOnlyList<string> Recipients, string Subject, InboxAuthentication Authentication, byte[] Raw);
