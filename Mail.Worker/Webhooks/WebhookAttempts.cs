using System.Diagnostics;
using Mail.Core.Webhooks;

namespace Mail.Worker.Webhooks;

/// <summary>One attempt from claim to record.</summary>
internal sealed partial class WebhookAttempts(
    WebhookSender sender, WebhookRecorder recorder, WebhookMetrics metrics, TimeProvider clock, ILogger<WebhookAttempts> logger)
{
    private static readonly ActivitySource Source = new("Mail.Worker");

    /// <summary>Ends when the result is committed or the delivery is given back.</summary>
    public async Task RunAsync(WebhookJob job, CancellationToken cancellationToken)
    {
        ActivityContext.TryParse(job.TraceParent, null, isRemote: true, out var accepted);
        using var span = Source.StartActivity("webhook", ActivityKind.Client, accepted);
        span?.SetTag("mail.organization.id", job.Organization.ToString());
        span?.SetTag("mail.webhook.delivery.id", job.Delivery.ToString());
        span?.SetTag("mail.event.type", job.Event.Type);
        var (startedAt, start) = (clock.GetUtcNow(), clock.GetTimestamp());
        WebhookAnswer answer;
        try
        {
            answer = await sender.SendAsync(job, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await recorder.ReleaseAsync(job.Lease);
            return;
        }
        catch (Exception error)
        {
            // A fault of ours with one delivery must end as an attempt, or the delivery would be tried for ever.
            Log.AttemptFaulted(logger, job.Delivery, error);
            answer = WebhookAnswer.Failed("internal_error");
        }
        var latency = clock.GetElapsedTime(start);
        span?.SetTag("http.response.status_code", answer.Status);
        if (!answer.Succeeded)
            span?.SetStatus(ActivityStatusCode.Error, answer.Error);
        metrics.Attempted(answer, latency);
        await recorder.RecordAsync(ResultOf(job, answer, startedAt, latency));
    }

    private WebhookResult ResultOf(WebhookJob job, WebhookAnswer answer, DateTimeOffset startedAt, TimeSpan latency) => new()
    {
        Job = job,
        Succeeded = answer.Succeeded,
        IsGone = answer.IsGone,
        RetryIn = answer.Succeeded || answer.IsGone
            ? null
            : WebhookSchedule.Next(job.AttemptsInRound + 1, answer.RetryAfter, Random.Shared.NextDouble()),
        StartedAt = startedAt,
        Latency = latency,
        ResponseStatus = answer.Status,
        ResponseHeaders = answer.Headers,
        ResponseBody = answer.Body,
        Error = answer.Error,
        Worker = recorder.Worker,
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "An attempt of webhook delivery {Delivery} failed on our side")]
        public static partial void AttemptFaulted(ILogger logger, WebhookDeliveryId delivery, Exception error);
    }
}
