namespace Mail.Core.Queue;

/// <summary>Ends waiting items by an operator's word: their recipients fail with the reason given, as if there were no time left.</summary>
public sealed class EndQueued(QueueOperationsStore operations, QueueStore queue, TimeProvider clock)
{
    private const int BatchSize = 250;
    private const string Holder = "operator";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Ends up to <paramref name="most"/> items. Returns how many.</summary>
    public async Task<int> RunAsync(QueueFilter filter, string reason, int most, CancellationToken cancellationToken)
    {
        var ended = 0;
        while (ended < most)
        {
            var jobs = await operations.ClaimAsync(Holder, filter, Math.Min(BatchSize, most - ended), Lease, cancellationToken);
            if (jobs.Count == 0)
                break;
            var now = clock.GetUtcNow();
            var written = await queue.RecordAsync([.. jobs.Select(job => RecordOf(job, reason, now))], cancellationToken);
            ended += written.Count;
        }
        return ended;
    }

    private static DeliveryRecord RecordOf(DeliveryJob job, string reason, DateTimeOffset now)
    {
        var open = job.Open.ToList();
        return new DeliveryRecord
        {
            Lease = job.Lease,
            Organization = job.Organization,
            Message = job.Message,
            Mode = job.Mode,
            SenderDomain = job.SenderDomain,
            Template = job.Template,
            Tags = job.Tags,
            AttemptNumber = job.Attempts + 1,
            Worker = Holder,
            StartedAt = now,
            EndedAt = now,
            CoversMessage = open.Count == job.Recipients.Count,
            Results = [.. open.Select(recipient => new RecipientResult(
                recipient.Ordinal, recipient.Address, DeliveryOutcome.Failed, "claim", "operator", null, null, null, null, null, null, reason))],
        };
    }
}
