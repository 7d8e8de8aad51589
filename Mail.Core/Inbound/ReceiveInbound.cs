using System.Buffers;
using System.Text;
using Mail.Core.Ids;
using Mail.Protocol.Mime;
using Microsoft.Extensions.Options;

namespace Mail.Core.Inbound;

/// <summary>What became of a mail for inbound domains.</summary>
public abstract record ReceiveOutcome
{
    private ReceiveOutcome()
    {
    }

    /// <param name="Id">Of several organizations' copies, the first.</param>
    public sealed record Stored(InboundMessageId Id) : ReceiveOutcome;

    /// <summary>The header alone is larger than any mail's.</summary>
    public sealed record HeaderTooLarge : ReceiveOutcome;
}

/// <summary>Takes a mail for inbound domains: says who it is from, reads it, and stores it with its event.</summary>
public sealed class ReceiveInbound(
    InboundAuthentication authentication, InboundBlobs blobs, InboundWriter writer, IOptions<InboundMailOptions> options, TimeProvider clock)
{
    private const int MaxHeaderOctets = 1 << 20;

    // A character is four octets at most: no more is decoded than is kept.
    private readonly MimeLimits _limits = MimeLimits.Default with { MaxTextBytes = 4 * options.Value.MaxTextLength };

    /// <summary>Returns only after the commit; what it throws means that nothing was stored.</summary>
    /// <param name="trace">The fields of final delivery that go in front (RFC 5321 §4.4).</param>
    /// <exception cref="Azure.RequestFailedException">Blob storage is away or refuses.</exception>
    public async Task<ReceiveOutcome> RunAsync(
        InboundEnvelope envelope, ReadOnlyMemory<byte> trace, ReadOnlySequence<byte> mail, CancellationToken cancellationToken)
    {
        if (!HasEnd(mail))
            return new ReceiveOutcome.HeaderTooLarge();
        var checks = await authentication.CheckAsync(envelope, mail, cancellationToken);
        byte[] head = [.. trace.Span, .. Encoding.UTF8.GetBytes(authentication.Field(envelope, checks))];
        var raw = OctetPieces.Join(head, authentication.Strip(mail));
        // One for each domain: what belongs to one organization is never seen by another.
        var messages = new List<NewInboundMessage>();
        foreach (var group in envelope.Recipients.GroupBy(recipient => (recipient.Organization, recipient.Domain)))
            messages.Add(await MakeAsync(envelope, checks, raw, [.. group], cancellationToken));
        await writer.StoreAsync(messages);
        return new ReceiveOutcome.Stored(messages[0].Id);
    }

    /// <summary>Reads a stored mail anew; what DNS said when it came stays.</summary>
    public InboundContent Reread(InboundMessage message, ReadOnlySequence<byte> raw) => InboundReading.Read(
        MimeMessage.Parse(raw, _limits), message.Content.Attachments, message.Content.Authentication, message.Content.Facts, options.Value.MaxTextLength);

    private async Task<NewInboundMessage> MakeAsync(
        InboundEnvelope envelope, InboundChecks checks, ReadOnlySequence<byte> raw, IReadOnlyList<InboundRecipient> recipients,
        CancellationToken cancellationToken)
    {
        var (organization, domain, _) = recipients[0];
        var message = MimeMessage.Parse(raw, _limits);
        var attachments = await blobs.StoreAttachmentsAsync(organization, message, cancellationToken);
        var isSmall = raw.Length <= options.Value.MaxInlineBytes;
        var content = InboundReading.Read(message, attachments, checks, InboundReading.Facts(message, envelope), options.Value.MaxTextLength);
        return new NewInboundMessage(
            organization, PrefixedId.New<InboundMessageId>(clock), domain, envelope.MailFrom,
            [.. recipients.Select(recipient => recipient.Address)], InboundReading.SubjectOf(message), checked((int)raw.Length),
            isSmall ? raw.ToArray() : null, isSmall ? null : await blobs.StoreRawAsync(organization, raw, options.Value.Retention, cancellationToken), content);
    }

    private static bool HasEnd(ReadOnlySequence<byte> mail) =>
        mail.Length <= MaxHeaderOctets || new SequenceReader<byte>(mail.Slice(0, MaxHeaderOctets)).TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8);
}
