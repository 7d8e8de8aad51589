using System.Security.Cryptography;
using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Protocol.Mime;

namespace Mail.Worker.Delivery;

/// <summary>Writes and signs the message of an item. The same item gives the same octets at every attempt, but for the signature.</summary>
internal sealed class MessageBuilder(MailComposer composer, AttachmentReader attachments, DomainSigners signers, TimeProvider clock)
{
    // A store that was just restored may say "not found" for a moment; not for as long as retries go on.
    private const int AttemptsForGone = 2;
    private const int HeaderAndStructure = 2048;
    private const int LargestFirstBuffer = 1 << 20;

    public async ValueTask<BuildOutcome> BuildAsync(DeliveryJob job, CancellationToken cancellationToken)
    {
        var (mail, problem) = composer.Compose(job);
        if (mail is null)
            return NotBuilt(DeliveryOutcome.Failed, DeliveryCause.Content, problem!);
        using var contents = await attachments.ReadAsync(job, cancellationToken);
        if (contents.Problem is { } unread)
            return NotBuilt(
                contents.IsGone && job.Attempts >= AttemptsForGone ? DeliveryOutcome.Failed : DeliveryOutcome.Deferred,
                DeliveryCause.Attachments, unread);
        var domainSigners = await SignersAsync(job, mail, cancellationToken);
        if (domainSigners.Length == 0)
            return NotBuilt(DeliveryOutcome.Deferred, DeliveryCause.SigningKey, "the sender's domain has no usable signing key");

        var buffer = new PooledBuffer(EstimatedSize(job));
        try
        {
            var written = MimeWriter.Write(mail with { Attachments = contents.Attachments }, buffer);
            var signedAt = clock.GetUtcNow();
            var signatures = Array.ConvertAll(domainSigners, signer => signer.Sign(buffer.Written, signedAt));
            return new BuildOutcome.Built(new BuiltMessage(signatures, buffer, written.NeedsSmtpUtf8));
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private async ValueTask<Mail.Protocol.Dkim.DkimSigner[]> SignersAsync(
        DeliveryJob job, OutgoingMail mail, CancellationToken cancellationToken)
    {
        try
        {
            return await signers.OfAsync(job.Organization, mail.From.Address.AsciiDomain, cancellationToken);
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    // Text is mostly written as it is; what is not makes the buffer grow.
    private static int EstimatedSize(DeliveryJob job) => (int)Math.Min(
        HeaderAndStructure + (job.Html?.Length ?? 0) + (job.Text?.Length ?? 0) + job.Attachments.Sum(attachment => attachment.Size) * 7 / 5,
        LargestFirstBuffer);

    private static BuildOutcome.NotBuilt NotBuilt(DeliveryOutcome outcome, DeliveryCause cause, string reason) =>
        new(new Verdict(outcome, DeliveryStage.Build, cause, Reply: reason));
}
