using System.Diagnostics;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.Worker.Pools;
using Mail.Worker.Shaping;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>One item through the stages after routing: build → transact → record.</summary>
internal sealed partial class DeliveryAttempts(
    MessageBuilder builder, DeliveryTransaction transaction, DestinationFeedback feedback, AttemptRecords records, Recorder recorder, QueueStore store,
    WorkerMetrics metrics, IOptions<QueueOptions> options, TimeProvider clock, ILogger<DeliveryAttempts> logger)
{
    private readonly TimeSpan _lease = options.Value.Lease;

    /// <summary>Never throws: what went wrong is the item's outcome.</summary>
    public async Task RunAsync(RoutedItem routed, Destination destination)
    {
        var item = routed.Item;
        if (await feedback.MustWaitAsync(item, destination.Shape) is { } wait)
        {
            recorder.Release(item, wait.For, wait.Reason);
            return;
        }
        if (item.WhenCut.IsCancellationRequested || !IsLeased(item))
        {
            // Somebody else may have the item by now; where nobody has, it is due again.
            recorder.Release(item, TimeSpan.Zero);
            return;
        }
        using var span = WorkerTracing.StartDelivery(item);
        var startedAt = clock.GetUtcNow();
        var started = clock.GetTimestamp();
        item.Transcript = new SmtpTranscript(clock);
        var attempt = await AttemptAsync(routed, destination);
        switch (attempt)
        {
            case Attempt.Ended ended:
                var took = clock.GetElapsedTime(started);
                metrics.Attempted(ended, took, item.Job, destination.Shape.Provider);
                feedback.Learn(ended, destination);
                WorkerTracing.EndDelivery(span, ended);
                recorder.Record(item, records.Of(item, ended, startedAt, took));
                break;
            case Attempt.Abandoned:
                span?.SetStatus(ActivityStatusCode.Error, "abandoned");
                recorder.Release(item, TimeSpan.Zero);
                break;
        }
    }

    /// <summary>An end without an attempt to connect: no route, no time left.</summary>
    public void End(HeldItem item, Verdict verdict)
    {
        using var span = WorkerTracing.StartDelivery(item);
        var ended = Attempt.Ended.ForAll(item.Recipients.Count, verdict);
        metrics.Attempted(ended, TimeSpan.Zero, item.Job, "none");
        WorkerTracing.EndDelivery(span, ended);
        recorder.Record(item, records.Of(item, ended, clock.GetUtcNow(), TimeSpan.Zero));
    }

    private bool IsLeased(HeldItem item) => clock.GetElapsedTime(item.LeasedAt) < _lease;

    private async Task<Attempt> AttemptAsync(RoutedItem routed, Destination destination)
    {
        var job = routed.Item.Job;
        try
        {
            switch (await builder.BuildAsync(job, destination.Shape.Destination, routed.Item.WhenCut))
            {
                case BuildOutcome.Built(var message):
                    using (message)
                    {
                        if (job.Guarantee == DeliveryGuarantee.AtMostOnce && !await store.MarkStartedAsync(job.Lease, routed.Item.WhenCut))
                            return new Attempt.Abandoned();
                        var content = new LeasedContent(SmtpContent.From(message.Octets), routed.Item, recorder, () => IsLeased(routed.Item));
                        routed.Item.Begin(destination.Shape.Destination, clock.GetTimestamp());
                        return await transaction.RunAsync(routed, message, content, destination);
                    }
                case BuildOutcome.NotBuilt(var verdict):
                    return Attempt.Ended.ForAll(routed.Item.Recipients.Count, verdict);
                default:
                    throw new InvalidOperationException("No build outcome.");
            }
        }
        catch (OperationCanceledException) when (routed.Item.WhenCut.IsCancellationRequested)
        {
            return new Attempt.Abandoned();
        }
        catch (Npgsql.NpgsqlException error)
        {
            Log.DeliveryWithoutDatabase(logger, job.Message, error);
            return new Attempt.Abandoned();
        }
        catch (Exception error)
        {
            Log.DeliveryFailed(logger, job.Message, job.Organization, error);
            return Attempt.Ended.ForAll(routed.Item.Recipients.Count, new Verdict(
                DeliveryOutcome.Deferred, DeliveryStage.Build, DeliveryCause.InternalError, Reply: "internal error"));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The delivery of {Message} of {Organization} failed in an unforeseen way; it is tried again later")]
        public static partial void DeliveryFailed(
            ILogger logger, MessageId message, Core.Organizations.OrganizationId organization, Exception error);

        [LoggerMessage(LogLevel.Warning, "{Message} was not attempted: the database is away")]
        public static partial void DeliveryWithoutDatabase(ILogger logger, MessageId message, Exception error);
    }
}
