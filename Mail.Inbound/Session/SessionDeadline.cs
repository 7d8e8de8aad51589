using System.IO.Pipelines;

namespace Mail.Inbound.Session;

/// <summary>
/// Ends waits without ending the connection: when the time is up a pending read comes back as interrupted, so that the
/// session can still say why it closes. A client that does not take the reply either loses its connection.
/// </summary>
internal sealed class SessionDeadline : IDisposable
{
    // What a client gets to read the farewell.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Func<IDuplexPipe> _transport;
    private readonly Action _abort;
    private readonly ITimer _timer;
    private bool _interrupted;

    public SessionDeadline(TimeProvider clock, Func<IDuplexPipe> transport, Action abort)
    {
        _transport = transport;
        _abort = abort;
        _timer = clock.CreateTimer(static state => ((SessionDeadline)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the time anew.</summary>
    public void Start(TimeSpan time)
    {
        _interrupted = false;
        _timer.Change(time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the time now: the server stops.</summary>
    public void Interrupt() => Expire();

    public void Dispose() => _timer.Dispose();

    private void Expire()
    {
        if (_interrupted)
        {
            _abort();
            return;
        }
        _interrupted = true;
        _timer.Change(Grace, Timeout.InfiniteTimeSpan);
        _transport().Input.CancelPendingRead();
    }
}
