namespace Mail.TestKit;

/// <summary>The clock of a host that believes it to be later than it is, or earlier. Monotonic time is right.</summary>
public sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}
