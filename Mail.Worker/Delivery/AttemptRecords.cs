using Mail.Core.Queue;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Turns what an attempt came to into the record of it, with the time of the next one.</summary>
internal sealed class AttemptRecords(IOptions<RetryOptions> options, WorkerName worker)
{
    public DeliveryRecord Of(HeldItem item, Attempt.Ended attempt, DateTimeOffset startedAt, TimeSpan took)
    {
        var job = item.Job;
        var retryIn = attempt.Verdicts.Any(IsOpen)
            ? RetrySchedule.Next(options.Value, job.Attempts + 1, job.Age + took, job.TimeLeft - took, Random.Shared.NextDouble())
            : null;
        return new DeliveryRecord
        {
            Lease = job.Lease,
            Organization = job.Organization,
            Message = job.Message,
            AttemptNumber = job.Attempts + 1,
            Worker = worker.Value,
            StartedAt = startedAt,
            EndedAt = startedAt + took,
            CoversMessage = item.Recipients.Count == job.Recipients.Count,
            RetryIn = retryIn,
            Results = [.. item.Recipients.Zip(attempt.Verdicts, (recipient, verdict) =>
                ToResult(recipient, retryIn is null ? Settled(verdict) : verdict, attempt.Peer))],
        };
    }

    private static bool IsOpen(Verdict verdict) => verdict.Outcome is DeliveryOutcome.Deferred or DeliveryOutcome.Uncertain;

    // No time for another attempt: what the server said last stays as the reason.
    private static Verdict Settled(Verdict verdict) => IsOpen(verdict) ? verdict with { Outcome = DeliveryOutcome.Failed } : verdict;

    private static RecipientResult ToResult(JobRecipient recipient, Verdict verdict, Peer peer) => new(
        recipient.Ordinal, recipient.Address, verdict.Outcome, verdict.Stage.ToText(), verdict.CauseText, peer.Host, peer.Address,
        peer.TlsVersion, peer.TlsCipher, verdict.SmtpCode, verdict.EnhancedCode, verdict.Reply);
}
