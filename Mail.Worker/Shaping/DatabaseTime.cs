namespace Mail.Worker.Shaping;

/// <summary>
/// The database's time, as it was read last, and since then by a clock that nobody sets. What workers tell each other has an end by that
/// time; this host's own may be wrong, and may jump.
/// </summary>
internal sealed class DatabaseTime(TimeProvider clock) : TimeProvider
{
    private volatile Reading _last = new(clock.GetUtcNow(), clock.GetTimestamp());

    public override DateTimeOffset GetUtcNow()
    {
        var last = _last;
        return last.Time + clock.GetElapsedTime(last.At);
    }

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);

    /// <param name="time">What the database has just answered.</param>
    public void Set(DateTimeOffset time) => _last = new Reading(time, clock.GetTimestamp());

    private sealed record Reading(DateTimeOffset Time, long At);
}
