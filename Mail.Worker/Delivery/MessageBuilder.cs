using System.Security.Cryptography;
using Azure;
using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Mail.Protocol.Mime;

namespace Mail.Worker.Delivery;

/// <summary>Writes and signs the message of an item. The same item gives the same octets at every attempt, but for the signature.</summary>
internal sealed class MessageBuilder(
    MailComposer composer, PersonalMail personal, AttachmentReader attachments, DomainSigners signers, MessageMemory memory, TimeProvider clock)
{
    // A store that was just restored may say "not found" for a moment, and a domain may be deleted and added again; not
    // for as long as retries go on.
    private const int AttemptsForGone = 2;

    public async ValueTask<BuildOutcome> BuildAsync(DeliveryJob job, string destination, CancellationToken cancellationToken)
    {
        var (mail, problem) = composer.Compose(job);
        if (mail is null)
            return NotBuilt(DeliveryOutcome.Failed, DeliveryCause.Content, problem!);
        mail = await personal.ApplyAsync(job, mail, cancellationToken);
        var signing = await SigningAsync(job, mail, cancellationToken);
        if (!signing.IsThere && job.Attempts >= AttemptsForGone)
            return NotBuilt(DeliveryOutcome.Failed, DeliveryCause.SigningKey, "the sender's domain was deleted");
        if (signing.Signers.Length == 0)
            return NotBuilt(DeliveryOutcome.Deferred, DeliveryCause.SigningKey, "the sender's domain has no usable signing key");

        var buffer = await memory.TakeAsync(job, destination, cancellationToken);
        BuildOutcome.Built? built = null;
        try
        {
            built = await WriteAsync(job, mail, signing, buffer, cancellationToken);
            return built;
        }
        catch (RequestFailedException gone) when (gone.Status == StatusCodes.Status404NotFound)
        {
            var outcome = job.Attempts >= AttemptsForGone ? DeliveryOutcome.Failed : DeliveryOutcome.Deferred;
            return NotBuilt(outcome, DeliveryCause.Attachments, "an attachment is gone from storage");
        }
        catch (Exception away) when (away is RequestFailedException or IOException or HttpRequestException)
        {
            return NotBuilt(DeliveryOutcome.Deferred, DeliveryCause.Attachments, "an attachment could not be read");
        }
        finally
        {
            if (built is null)
                buffer.Dispose();
        }
    }

    private async ValueTask<BuildOutcome.Built> WriteAsync(
        DeliveryJob job, OutgoingMail mail, DomainSigning signing, PooledBuffer buffer, CancellationToken cancellationToken)
    {
        mail = mail with { Attachments = await attachments.DescribeAsync(job, cancellationToken) };
        var written = await MimeWriter.WriteAsync(mail, buffer, cancellationToken: cancellationToken);
        var signedAt = clock.GetUtcNow();
        var signatures = Array.ConvertAll(signing.Signers, signer => signer.Sign(buffer.Written, signedAt));
        return new BuildOutcome.Built(new BuiltMessage(signatures, buffer, written.NeedsSmtpUtf8)
        {
            ReturnPathHost = signing.ReturnPathHost,
            Tls = job.Tls.And(signing.Tls),
        });
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

    private static BuildOutcome.NotBuilt NotBuilt(DeliveryOutcome outcome, DeliveryCause cause, string reason) =>
        new(new Verdict(outcome, DeliveryStage.Build, cause, Reply: reason));
}
