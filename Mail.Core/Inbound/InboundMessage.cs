using Mail.Core.Organizations;

namespace Mail.Core.Inbound;

/// <summary>A received mail without its content.</summary>
/// <param name="Recipients">Those of the envelope that belong to the domain.</param>
/// <param name="From">The author's address; empty when the mail names none.</param>
public sealed record InboundSummary(
    InboundMessageId Id, string Domain, string MailFrom, IReadOnlyList<string> Recipients, string From, string Subject, int Size,
    DateTimeOffset ReceivedAt);

/// <summary>A received mail.</summary>
/// <param name="Raw">Its octets; null when they are in blob storage.</param>
/// <param name="RawBlob">Where they are.</param>
public sealed record InboundMessage(InboundSummary Summary, InboundContent Content, byte[]? Raw, string? RawBlob);

/// <summary>A mail to be stored for one organization.</summary>
public sealed record NewInboundMessage(
    OrganizationId Organization, InboundMessageId Id, string Domain, string MailFrom, IReadOnlyList<string> Recipients, string Subject,
    int Size, byte[]? Raw, string? RawBlob, InboundContent Content);

/// <summary>Which received mails are asked for; null for any.</summary>
/// <param name="To">An envelope recipient.</param>
/// <param name="From">The author's address.</param>
public sealed record InboundFilter(
    string? To, string? From, string? Subject, string? Domain, DateTimeOffset? CreatedFrom, DateTimeOffset? CreatedTo);
