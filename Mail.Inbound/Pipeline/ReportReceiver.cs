using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Inbound;
using Mail.Core.Text;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Pipeline;

/// <summary>
/// Takes mail about mail of ours. Nothing is ever sent back for it (RFC 5321 §4.5.5): what proves nothing or says nothing
/// is taken and forgotten.
/// </summary>
internal sealed class ReportReceiver(TakeReports reports, OperatorMailStore operators, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private const int MaxReportOctets = 10_000_000;
    private const int MaxRecipientsLength = 4000;
    private static readonly SmtpReply Taken = new(250, "2.0.0", "OK report taken");

    public async Task<SmtpReply> TakeBouncesAsync(ReceivedMail mail)
    {
        if (mail.Body.Length > MaxReportOctets)
            return SmtpReplies.MessageTooBig;
        // Each counts once, so that a sender that was told 451 halfway may send all of it again.
        foreach (var recipient in mail.Recipients)
        {
            var target = ((Destination.Bounce)recipient.Destination).Target;
            Count("bounce", await reports.TakeBounceAsync(target, mail.ReversePath.Address, mail.Body, CancellationToken.None));
        }
        return Taken;
    }

    public async Task<SmtpReply> TakeFeedbackAsync(ReceivedMail mail)
    {
        if (mail.Body.Length > MaxReportOctets)
            return SmtpReplies.MessageTooBig;
        // Providers write to this address themselves, as to confirm it.
        if (!TakeReports.IsFeedback(mail.Body))
            return await TakeForOperatorAsync(mail);
        Count("complaint", await reports.TakeComplaintAsync(mail.Body, CancellationToken.None));
        return Taken;
    }

    public async Task<SmtpReply> TakeForOperatorAsync(ReceivedMail mail)
    {
        if (mail.Body.Length > MaxReportOctets)
            return SmtpReplies.MessageTooBig;
        var recipients = StorableText.Of(
            string.Join(", ", mail.Recipients.Select(recipient => recipient.Path.Address)), MaxRecipientsLength);
        var id = await operators.StoreAsync(
            mail.ReversePath.Address, recipients, MessageHead.SubjectOf(mail.Body),
            TraceFields.PutBefore(mail, host.Value.Name, clock.GetUtcNow()), CancellationToken.None);
        return SmtpReplies.Queued(id.ToString());
    }

    private static void Count(string kind, TakenReport taken) => InboundTelemetry.Reports.Add(
        1, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("outcome", taken.ToString()));
}
