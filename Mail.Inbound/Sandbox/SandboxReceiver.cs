using System.Buffers;
using System.Text;
using Mail.Core.Sandbox;
using Mail.Core.TrackedMail;
using Mail.Inbound.Pipeline;
using Mail.Protocol.Mime;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Sandbox;

/// <summary>Takes mail for the sandbox: it is not kept, but what is to follow is written down before the 250.</summary>
internal sealed class SandboxReceiver(
    SandboxStore store, TrackingLinks links, IOptions<TrackingOptions> tracking, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    // A report right behind the 250 would come before the 250 is recorded, which it may; but people read in the order of time.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public async Task<SmtpReply> TakeAsync(ReceivedMail mail)
    {
        var recipients = mail.Recipients.Select(recipient => (Destination.Sandbox)recipient.Destination).ToList();
        if (!await WaitAsync(recipients))
            return SmtpReplies.LocalError;
        var followUps = new List<SandboxFollowUp>();
        var without = "";
        foreach (var recipient in recipients)
        {
            if (FollowUpOf(recipient, mail) is { } followUp)
                followUps.Add(followUp);
            else if (recipient.Script is SandboxScript.Open or SandboxScript.Click)
                without = "; there is nothing tracked in it";
        }
        await store.PlanAsync(followUps, CancellationToken.None);
        return SandboxReplies.Taken(without);
    }

    /// <summary>False when this process stops: the answer is that it should be tried again, and it will be.</summary>
    private async Task<bool> WaitAsync(List<Destination.Sandbox> recipients)
    {
        var wait = recipients.Max(recipient => recipient.Script is SandboxScript.Slow(var time) ? time : TimeSpan.Zero);
        if (wait == TimeSpan.Zero)
            return true;
        try
        {
            await Task.Delay(wait, clock, lifetime.ApplicationStopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private SandboxFollowUp? FollowUpOf(Destination.Sandbox recipient, ReceivedMail mail) => recipient.Script switch
    {
        SandboxScript.BounceLater(var after) => Report(recipient, SandboxFollowUpKind.Bounce, mail, after),
        SandboxScript.Complain => Report(recipient, SandboxFollowUpKind.Complaint, mail, Soon),
        SandboxScript.Open => Visit(recipient, SandboxFollowUpKind.Open, TrackingAction.Open, mail),
        SandboxScript.Click => Visit(recipient, SandboxFollowUpKind.Click, TrackingAction.Click, mail),
        _ => null,
    };

    private static SandboxFollowUp Report(Destination.Sandbox recipient, SandboxFollowUpKind kind, ReceivedMail mail, TimeSpan after) =>
        new(recipient.Recipient, kind, mail.ReversePath.Address, MessageHead.Of(mail.Body).ToArray(), after);

    // Who is quicker than a person counts as a machine.
    private SandboxFollowUp? Visit(Destination.Sandbox recipient, SandboxFollowUpKind kind, TrackingAction action, ReceivedMail mail) =>
        SandboxLinks.FindPath(MimeMessage.Parse(mail.Body).Html ?? "", action, recipient.Recipient, links) is { } path
            ? new SandboxFollowUp(
                recipient.Recipient, kind, mail.ReversePath.Address, Encoding.ASCII.GetBytes(path), tracking.Value.PrefetchWindow + Soon)
            : null;
}
