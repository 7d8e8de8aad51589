using System.Text.Json.Serialization;

namespace Mail.Core.Inbound;

/// <summary>What is read out of a received mail once, when it arrives.</summary>
public sealed record InboundContent
{
    public required IReadOnlyList<InboundAddress> From { get; init; }

    public required IReadOnlyList<InboundAddress> To { get; init; }

    public required IReadOnlyList<InboundAddress> Cc { get; init; }

    public required IReadOnlyList<InboundAddress> ReplyTo { get; init; }

    public required IReadOnlyList<InboundField> Headers { get; init; }

    /// <summary>Null when the mail has none; cut where <see cref="IsTruncated"/>.</summary>
    public string? Text { get; init; }

    public string? Html { get; init; }

    /// <summary>The text without what it quotes.</summary>
    public string? ReplyText { get; init; }

    /// <summary>Text or html is longer than is kept here; the raw mail has it all.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The Message-ID without angle brackets.</summary>
    public string? MessageId { get; init; }

    public required IReadOnlyList<string> InReplyTo { get; init; }

    public required IReadOnlyList<string> References { get; init; }

    public DateTimeOffset? Date { get; init; }

    public required IReadOnlyList<InboundAttachment> Attachments { get; init; }

    public required InboundChecks Authentication { get; init; }

    public required InboundFacts Facts { get; init; }
}

public sealed record InboundAddress(string Address, string? Name);

public sealed record InboundField(string Name, string Value);

/// <param name="Number">Its place in the mail, from 1.</param>
/// <param name="Blob">Where its bytes are.</param>
public sealed record InboundAttachment(
    int Number, string? FileName, string ContentType, string? ContentId, bool IsInline, long Size, string Sha256, string Blob);

/// <summary>Results in the words of RFC 8601.</summary>
public sealed record InboundChecks(InboundCheck Spf, IReadOnlyList<InboundCheck> Dkim, InboundCheck Dmarc, InboundCheck Arc);

/// <param name="Domain">The domain that the result is about.</param>
/// <param name="Policy">For DMARC: what the author's domain asks for.</param>
public sealed record InboundCheck(string Result, string? Domain = null, string? Selector = null, string? Policy = null, string? Reason = null);

/// <summary>What a filter may want to know.</summary>
/// <param name="Hops">How many servers it passed, by their Received fields.</param>
/// <param name="IsAutomatic">A machine wrote it (RFC 3834).</param>
/// <param name="IsList">It came through a mailing list.</param>
/// <param name="Defects">What is wrong with its MIME structure.</param>
public sealed record InboundFacts(
    string ClientAddress, string Hello, string Protocol, int Hops, bool IsAutomatic, bool IsList, IReadOnlyList<string> Defects);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InboundContent))]
[JsonSerializable(typeof(InboundEventData))]
internal sealed partial class InboundJson : JsonSerializerContext;

/// <summary>What <c>mail.inbound.received</c> carries: where to read the rest.</summary>
internal sealed record InboundEventData(
    string Id, string Domain, string MailFrom, IReadOnlyList<string> Recipients, string From, string Subject, string? MessageId, int Size,
    int Attachments, string Spf, string Dkim, string Dmarc);
