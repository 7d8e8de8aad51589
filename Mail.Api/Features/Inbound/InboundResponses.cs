using Mail.Api.Http;
using Mail.Core.Domains.Records;
using Mail.Core.Inbound;

namespace Mail.Api.Features.Inbound;

/// <summary>The body of <c>POST /v1/mail/inbound/domains</c>.</summary>
[RequiredFields("domain")]
public sealed record CreateInboundDomainRequest
{
    /// <summary>The domain to receive mail for, such as <c>in.example.com</c>.</summary>
    public string? Domain { get; init; }
}

/// <summary>A domain that receives mail.</summary>
/// <param name="Status"><c>pending</c>, <c>verified</c> or <c>failed</c>; only a verified one takes mail.</param>
public sealed record InboundDomainResponse(
    string Id, string Domain, string Status, IReadOnlyList<InboundRecordResponse> Records, DateTimeOffset CreatedAt, DateTimeOffset? VerifiedAt,
    DateTimeOffset? LastCheckedAt)
{
    internal static InboundDomainResponse Of(InboundDomain domain, InboundDomainRecords records) => new(
        domain.Id.ToString(), domain.Name, domain.Status.ToText(),
        [.. records.Of(domain.Organization, domain.Name).Select(record => InboundRecordResponse.Of(record, domain.Checks.FirstOrDefault(check => check.IsOf(record))))],
        domain.CreatedAt, domain.VerifiedAt, domain.LastCheckedAt);
}

/// <param name="Purpose"><c>INBOUND</c> or <c>OWNERSHIP</c>.</param>
/// <param name="Status"><c>pending</c>, <c>missing</c>, <c>verified</c> or <c>failed</c>.</param>
/// <param name="Found">What was seen at the name.</param>
/// <param name="Explanation">What to do; null when all is well.</param>
public sealed record InboundRecordResponse(
    string Type, string Name, string Value, string Purpose, bool Required, string Status, IReadOnlyList<string> Found, string? Explanation,
    DateTimeOffset? CheckedAt)
{
    internal static InboundRecordResponse Of(ExpectedRecord record, RecordCheck? check) => new(
        record.Type.ToText(), record.Name, record.Value, record.Purpose.ToText(), record.IsRequired,
        (check?.Status ?? RecordStatus.Pending).ToText(), check?.Found ?? [], check?.Explanation, check?.CheckedAt);
}

/// <param name="MailFrom">The return path; empty for a bounce.</param>
/// <param name="From">The author's address; empty when the mail names none.</param>
public sealed record InboundMessageSummary(
    string Id, string Domain, string MailFrom, IReadOnlyList<InboundRecipientResponse> Recipients, string From, string Subject, int Size,
    DateTimeOffset ReceivedAt)
{
    internal static InboundMessageSummary Of(InboundSummary mail) => new(
        mail.Id.ToString(), mail.Domain, mail.MailFrom, [.. mail.Recipients.Select(InboundRecipientResponse.Of)], mail.From, mail.Subject,
        mail.Size, mail.ReceivedAt);
}

/// <param name="Tag">What stands behind the plus: <c>42</c> of <c>help+42@example.com</c>.</param>
public sealed record InboundRecipientResponse(string Address, string? Tag)
{
    // RFC 5233 §1: the usual separator.
    internal static InboundRecipientResponse Of(string address)
    {
        var local = address[..Math.Max(0, address.LastIndexOf('@'))];
        var plus = local.IndexOf('+', StringComparison.Ordinal);
        return new InboundRecipientResponse(address, plus < 0 ? null : local[(plus + 1)..]);
    }
}

/// <summary>A received mail.</summary>
public sealed record InboundMessageResponse
{
    public required string Id { get; init; }

    public required string Domain { get; init; }

    /// <summary>What the SMTP session said.</summary>
    public required InboundEnvelopeResponse Envelope { get; init; }

    public required IReadOnlyList<InboundAddress> From { get; init; }

    public required IReadOnlyList<InboundAddress> To { get; init; }

    public required IReadOnlyList<InboundAddress> Cc { get; init; }

    public required IReadOnlyList<InboundAddress> ReplyTo { get; init; }

    public required string Subject { get; init; }

    public required string? Text { get; init; }

    public required string? Html { get; init; }

    /// <summary>The text without what it quotes: a guess.</summary>
    public required string? ReplyText { get; init; }

    /// <summary>Text or html is longer than what is shown; the raw mail has it all.</summary>
    public required bool Truncated { get; init; }

    /// <summary>The Message-ID without angle brackets.</summary>
    public required string? MessageId { get; init; }

    public required IReadOnlyList<string> InReplyTo { get; init; }

    public required IReadOnlyList<string> References { get; init; }

    public required DateTimeOffset? Date { get; init; }

    public required IReadOnlyList<InboundField> Headers { get; init; }

    public required IReadOnlyList<InboundAttachmentResponse> Attachments { get; init; }

    /// <summary>Results in the words of RFC 8601.</summary>
    public required InboundChecks Authentication { get; init; }

    /// <summary>What a filter may want to know.</summary>
    public required InboundFacts Facts { get; init; }

    public required int Size { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    internal static InboundMessageResponse Of(InboundMessage mail) => new()
    {
        Id = mail.Summary.Id.ToString(),
        Domain = mail.Summary.Domain,
        Envelope = new InboundEnvelopeResponse(mail.Summary.MailFrom, [.. mail.Summary.Recipients.Select(InboundRecipientResponse.Of)]),
        From = mail.Content.From,
        To = mail.Content.To,
        Cc = mail.Content.Cc,
        ReplyTo = mail.Content.ReplyTo,
        Subject = mail.Summary.Subject,
        Text = mail.Content.Text,
        Html = mail.Content.Html,
        ReplyText = mail.Content.ReplyText,
        Truncated = mail.Content.IsTruncated,
        MessageId = mail.Content.MessageId,
        InReplyTo = mail.Content.InReplyTo,
        References = mail.Content.References,
        Date = mail.Content.Date,
        Headers = mail.Content.Headers,
        Attachments = [.. mail.Content.Attachments.Select(InboundAttachmentResponse.Of)],
        Authentication = mail.Content.Authentication,
        Facts = mail.Content.Facts,
        Size = mail.Summary.Size,
        ReceivedAt = mail.Summary.ReceivedAt,
    };
}

/// <param name="MailFrom">The return path; empty for a bounce.</param>
public sealed record InboundEnvelopeResponse(string MailFrom, IReadOnlyList<InboundRecipientResponse> Recipients);

/// <param name="Id">Its place in the mail, from 1.</param>
/// <param name="Inline">Meant to be shown within the text.</param>
public sealed record InboundAttachmentResponse(
    string Id, string? Filename, string ContentType, string? ContentId, bool Inline, long Size, string Sha256)
{
    internal static InboundAttachmentResponse Of(InboundAttachment attachment) => new(
        attachment.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), attachment.FileName, attachment.ContentType,
        attachment.ContentId, attachment.IsInline, attachment.Size, attachment.Sha256);
}
