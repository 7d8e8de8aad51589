using System.Diagnostics;
using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;
using Mail.Worker.Pools;

namespace Mail.Worker;

/// <summary>The spans of a delivery. They continue the trace of the request that the message came with; no span names an address.</summary>
internal static class WorkerTracing
{
    private static readonly ActivitySource Source = new("Mail.Worker");

    /// <summary>The attempt, as a child of the accepting request; before the first one, the time in the queue.</summary>
    public static Activity? StartDelivery(HeldItem item)
    {
        if (!Source.HasListeners())
            return null;
        var job = item.Job;
        ActivityContext.TryParse(job.TraceParent, null, isRemote: true, out var accepted);
        if (job.Attempts == 0)
        {
            using var wait = Source.StartActivity("queue wait", ActivityKind.Internal, accepted, startTime: job.EnqueuedAt);
            wait?.SetEndTime(item.ClaimedAt > job.EnqueuedAt ? item.ClaimedAt.UtcDateTime : job.EnqueuedAt.UtcDateTime);
            Describe(wait, job);
        }
        var span = Source.StartActivity("deliver", ActivityKind.Consumer, accepted);
        Describe(span, job);
        span?.SetTag("mail.delivery.attempt", job.Attempts + 1);
        return span;
    }

    public static void EndDelivery(Activity? span, Attempt.Ended attempt)
    {
        if (span is null)
            return;
        foreach (var verdict in attempt.Verdicts)
        {
            span.SetTag("mail.delivery.outcome", verdict.Outcome.ToText());
            span.SetTag("mail.delivery.stage", verdict.Stage.ToText());
            span.SetTag("mail.delivery.cause", verdict.Cause.ToText());
            // With several recipients the span shows the first that went wrong.
            if (verdict.Outcome == DeliveryOutcome.Delivered)
                continue;
            span.SetStatus(ActivityStatusCode.Error);
            break;
        }
    }

    public static Activity? StartTransaction(PooledConnection connection)
    {
        var span = Source.StartActivity("smtp", ActivityKind.Client);
        span?.SetTag("server.address", connection.Target.Host);
        span?.SetTag("network.peer.address", connection.Peer.Address);
        span?.SetTag("tls.protocol.version", connection.Peer.TlsVersion);
        span?.SetTag("smtp.connection.messages", connection.Smtp.Transactions + 1);
        return span;
    }

    public static void EndTransaction(Activity? span, SmtpTransactionResult result)
    {
        if (span is null)
            return;
        var last = result.Recipients[^1];
        span.SetTag("smtp.stage", DeliveryStageText.Of(last.Stage).ToText());
        span.SetTag("smtp.reply.code", last.Reply?.Code);
        if (!result.IsAccepted)
            span.SetStatus(ActivityStatusCode.Error);
    }

    private static void Describe(Activity? span, DeliveryJob job)
    {
        span?.SetTag("mail.message.id", job.Message.ToString());
        span?.SetTag("mail.organization.id", job.Organization.ToString());
    }
}
