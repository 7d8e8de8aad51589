namespace Mail.Inbound.Session;

/// <summary>
/// Ends waits without ending the connection: when the time is up a pending read comes back as interrupted, so that the
/// session can still say why it closes. A client that does not take the reply either loses its connection.
/// </summary>
internal sealed class SessionDeadline : IDisposable
{
    // What a client gets to read the farewell.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Action _interrupt;
    private readonly Action _abort;
    private readonly ITimer _timer;
    private bool _isOver;

    public SessionDeadline(TimeProvider clock, Action interrupt, Action abort)
    {
        _interrupt = interrupt;
        _abort = abort;
        _timer = clock.CreateTimer(static state => ((SessionDeadline)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the time anew.</summary>
    public void Start(TimeSpan time)
    {
        lock (_lock)
        {
            _isOver = false;
            _timer.Change(time, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Expire()
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = !_isOver;
            _isOver = true;
            if (isFirst)
                _timer.Change(Grace, Timeout.InfiniteTimeSpan);
        }
        if (isFirst)
            _interrupt();
        else
            _abort();
    }
}
