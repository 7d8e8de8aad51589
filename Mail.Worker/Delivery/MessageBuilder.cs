using System.Security.Cryptography;
using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Protocol.Mime;

namespace Mail.Worker.Delivery;

/// <summary>Writes and signs the message of an item. The same item gives the same octets at every attempt, but for the signature.</summary>
internal sealed class MessageBuilder(
    MailComposer composer, PersonalMail personal, AttachmentReader attachments, DomainSigners signers, TimeProvider clock)
{
    // A store that was just restored may say "not found" for a moment, and a domain may be deleted and added again; not
    // for as long as retries go on.
    private const int AttemptsForGone = 2;
    private const int HeaderAndStructure = 2048;
    private const int LargestFirstBuffer = 1 << 20;

    public async ValueTask<BuildOutcome> BuildAsync(DeliveryJob job, CancellationToken cancellationToken)
    {
        var (mail, problem) = composer.Compose(job);
        if (mail is null)
            return NotBuilt(DeliveryOutcome.Failed, DeliveryCause.Content, problem!);
        mail = await personal.ApplyAsync(job, mail, cancellationToken);
        using var contents = await attachments.ReadAsync(job, cancellationToken);
        if (contents.Problem is { } unread)
            return NotBuilt(
                contents.IsGone && job.Attempts >= AttemptsForGone ? DeliveryOutcome.Failed : DeliveryOutcome.Deferred,
                DeliveryCause.Attachments, unread);
        var signing = await SigningAsync(job, mail, cancellationToken);
        if (!signing.IsThere && job.Attempts >= AttemptsForGone)
            return NotBuilt(DeliveryOutcome.Failed, DeliveryCause.SigningKey, "the sender's domain was deleted");
        if (signing.Signers.Length == 0)
            return NotBuilt(DeliveryOutcome.Deferred, DeliveryCause.SigningKey, "the sender's domain has no usable signing key");

        var buffer = new PooledBuffer(EstimatedSize(job));
        try
        {
            var written = MimeWriter.Write(mail with { Attachments = contents.Attachments }, buffer);
            var signedAt = clock.GetUtcNow();
            var signatures = Array.ConvertAll(signing.Signers, signer => signer.Sign(buffer.Written, signedAt));
            return new BuildOutcome.Built(new BuiltMessage(signatures, buffer, written.NeedsSmtpUtf8) { ReturnPathHost = signing.ReturnPathHost });
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private async ValueTask<DomainSigning> SigningAsync(DeliveryJob job, OutgoingMail mail, CancellationToken cancellationToken)
    {
        try
        {
            return await signers.OfAsync(job.Organization, mail.From.Address.AsciiDomain, cancellationToken);
        }
        catch (CryptographicException)
        {
            return new DomainSigning(true, [], null);
        }
    }

    // Text is mostly written as it is; what is not makes the buffer grow.
    private static int EstimatedSize(DeliveryJob job) => (int)Math.Min(
        HeaderAndStructure + (job.Html?.Length ?? 0) + (job.Text?.Length ?? 0) + job.Attachments.Sum(attachment => attachment.Size) * 7 / 5,
        LargestFirstBuffer);

    private static BuildOutcome.NotBuilt NotBuilt(DeliveryOutcome outcome, DeliveryCause cause, string reason) =>
        new(new Verdict(outcome, DeliveryStage.Build, cause, Reply: reason));
}
