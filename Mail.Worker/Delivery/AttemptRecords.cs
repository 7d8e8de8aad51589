using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Core.Sandbox;
using Mail.Protocol.Bounces;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Turns what an attempt came to into the record of it, with the time of the next one.</summary>
internal sealed class AttemptRecords(
    IOptions<RetryOptions> options, Conversations conversations, SandboxDomain sandbox, WorkerName worker)
{
    public DeliveryRecord Of(HeldItem item, Attempt.Ended attempt, DateTimeOffset startedAt, TimeSpan took)
    {
        var job = item.Job;
        var isFinal = job.Guarantee == DeliveryGuarantee.AtMostOnce;
        var retryIn = attempt.Verdicts.Any(verdict => IsOpen(verdict, isFinal))
            ? RetrySchedule.Next(options.Value, ReasonOf(attempt), job.Attempts + 1, job.Age + took, job.TimeLeft - took, Random.Shared.NextDouble())
            : null;
        return new DeliveryRecord
        {
            Lease = job.Lease,
            Organization = job.Organization,
            Message = job.Message,
            Mode = job.Mode,
            IsSandbox = sandbox.Is(job.Domain),
            SenderDomain = job.SenderDomain,
            Template = job.Template,
            Tags = job.Tags,
            AttemptNumber = job.Attempts + 1,
            Worker = worker.Value,
            StartedAt = startedAt,
            EndedAt = startedAt + took,
            Latency = job.Age + (startedAt - item.ClaimedAt) + took,
            CoversMessage = item.Recipients.Count == job.Recipients.Count,
            RetryIn = retryIn,
            IsDelayed = retryIn is not null && !job.IsDelayed && IsLate(job.Age + took),
            Conversation = conversations.Of(item, attempt, startedAt),
            IsFault = attempt.Verdicts.Any(verdict => verdict.Cause == DeliveryCause.InternalError),
            Results = [.. item.Recipients.Zip(attempt.Verdicts, (recipient, verdict) =>
                ToResult(recipient, retryIn is null ? Settled(verdict, isFinal) : verdict, attempt.Peer) with { IsFinal = isFinal, HasExpired = retryIn is null && IsOpen(verdict, isFinal) })],
        };
    }

    private bool IsLate(TimeSpan age) => options.Value.DelayedNotice is { Ticks: > 0 } notice && age >= notice;

    // Of several reasons the one that asks for the longest wait.
    private BounceClass ReasonOf(Attempt.Ended attempt) =>
        attempt.Verdicts.Select(verdict => verdict.Class).MaxBy(reason => RetrySchedule.LeastAfter(options.Value, reason));

    // What must not arrive twice is not tried again when nobody knows whether it has arrived.
    private static bool IsOpen(Verdict verdict, bool isFinal) =>
        verdict.Outcome == DeliveryOutcome.Deferred || (verdict.Outcome == DeliveryOutcome.Uncertain && !isFinal);

    // No time for another attempt: what the server said last stays as the reason.
    private static Verdict Settled(Verdict verdict, bool isFinal) => IsOpen(verdict, isFinal) ? verdict with { Outcome = DeliveryOutcome.Failed } : verdict;

    private static RecipientResult ToResult(JobRecipient recipient, Verdict verdict, Peer peer) => new(
        recipient.Ordinal, recipient.Address, verdict.Outcome, verdict.Stage.ToText(), verdict.CauseText, peer.Host, peer.Address,
        peer.TlsVersion, peer.TlsCipher, verdict.SmtpCode, verdict.EnhancedCode, verdict.Reply)
    {
        Effect = verdict.Effect,
        TlsPolicy = peer.TlsPolicy,
        TlsVerification = peer.TlsVerification,
        TlsProblem = peer.TlsProblem,
    };
}
