namespace Mail.Core.Limits;

/// <summary>Where a new sender stands on the way to its full amount: each day has twice that of the day before.</summary>
/// <param name="Stage">From 1.</param>
public sealed record WarmUp(int Stage, int StageCount, long DailyCap, DateTimeOffset StartedAt, DateTimeOffset NextStageAt)
{
    /// <summary>Null when there is none, or it is over.</summary>
    public static WarmUp? Of(SendingState state, LimitOptions options)
    {
        if (state is not { WarmUpAge: { } age, WarmUpStartedAt: { } started })
            return null;
        var stage = Math.Max(0, (int)age.TotalDays) + 1;
        return stage > options.WarmUpDays
            ? null
            : new WarmUp(stage, options.WarmUpDays, options.WarmUpFirstDay << (stage - 1), started, started.AddDays(stage));
    }
}
