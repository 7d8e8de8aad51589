using System.Globalization;
using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Mail.Worker.Pools;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Shaping;

/// <summary>What an item waits for, and how long.</summary>
internal sealed record ThrottleWait(TimeSpan For, string Reason);

/// <summary>Keeps a destination to its speed, and learns from what it says how fast that is.</summary>
internal sealed class DestinationFeedback(
    ShapingRules rules, RateGate gate, Holds holds, Recorder recorder, WorkerMetrics metrics, IOptions<ShapingOptions> options,
    DatabaseTime clock)
{
    private const int Burst = 1;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    /// <summary>Waits for the item's turn; not null when that would take too long to wait in memory.</summary>
    public async ValueTask<ThrottleWait?> MustWaitAsync(HeldItem item, DestinationShape shape)
    {
        if (shape.Suspended is { } suspension)
            return new ThrottleWait(Rest(suspension.Until), suspension.Reason);
        if (shape.Limits.MessagesPerSecond is not { } rate)
            return null;
        var started = clock.GetTimestamp();
        while (await gate.TakeAsync($"messages {shape.Destination}", rate * shape.Factor, Burst, CancellationToken.None) is { Ticks: > 0 } wait)
        {
            if (clock.GetElapsedTime(started) + wait > options.Value.LongestPause || item.WhenCut.IsCancellationRequested)
                return new ThrottleWait(Seconds(wait), string.Create(
                    CultureInfo.InvariantCulture, $"{shape.Destination} takes {rate * shape.Factor:0.##} messages a second"));
            metrics.Throttled("messages", shape.Provider, wait);
            await Task.Delay(wait, clock, CancellationToken.None);
        }
        return null;
    }

    public void Learn(Attempt.Ended attempt, Destination destination)
    {
        var shape = destination.Shape;
        if (SuspensionBy(attempt, shape) is not { } suspension)
            return;
        holds.Found(shape.Destination, suspension);
        foreach (var waiting in destination.TakeSuspended())
            recorder.Release(waiting.Item, Rest(suspension.Until), suspension.Reason);
    }

    private Suspension? SuspensionBy(Attempt.Ended attempt, DestinationShape shape)
    {
        var verdict = attempt.Verdicts[0];
        // That TLS does not satisfy one domain or message says nothing about the others.
        if (verdict is { SmtpCode: null, Stage: >= DeliveryStage.Connect and < DeliveryStage.MailFrom, Outcome: DeliveryOutcome.Deferred, IsTlsPolicy: false })
            return shape.Failed($"cannot be reached: {verdict.Reply ?? verdict.CauseText}");
        if (verdict.Stage >= DeliveryStage.Greeting)
            shape.Answered();
        foreach (var said in attempt.Verdicts)
        {
            // The sandbox says what it was asked to say.
            if (shape.Provider == DeliveryRoute.SandboxProvider || rules.ReactionTo(shape.Provider, said) is not { } reaction)
                continue;
            metrics.Reacted(shape.Provider, reaction);
            var before = shape.OwnSlowDown;
            var suspension = shape.React(reaction, $"{said.SmtpCode} {said.Reply}");
            if (suspension is null && shape.OwnSlowDown is { } slow && slow != before)
                holds.Found(shape.Destination, slow);
            return suspension;
        }
        return null;
    }

    private TimeSpan Rest(DateTimeOffset until)
    {
        var rest = until - clock.GetUtcNow();
        return Seconds(rest < LongestRest ? rest : LongestRest);
    }

    // In whole seconds, so that items put back together are put back by few statements.
    private static TimeSpan Seconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(time.TotalSeconds)));
}
