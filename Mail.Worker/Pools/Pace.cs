namespace Mail.Worker.Pools;

/// <summary>How many there were in the last whole second. Not safe for concurrent use.</summary>
internal sealed class Pace(TimeProvider clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _since = clock.GetTimestamp();
    private int _counted;
    private int _last;

    public int PerSecond
    {
        get
        {
            Turn();
            return Math.Max(_last, _counted);
        }
    }

    public void Count()
    {
        Turn();
        _counted++;
    }

    private void Turn()
    {
        var elapsed = clock.GetElapsedTime(_since);
        if (elapsed < Period)
            return;
        _last = elapsed < 2 * Period ? _counted : 0;
        _counted = 0;
        _since = clock.GetTimestamp();
    }
}
