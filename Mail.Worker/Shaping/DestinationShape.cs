namespace Mail.Worker.Shaping;

/// <summary>Why a destination gets nothing, and until when.</summary>
internal sealed record Suspension(string Reason, DateTimeOffset Until);

/// <summary>
/// How fast one destination may be served now: its limits, slowed down or suspended by what it said, and growing back.
/// What this process was told goes to the other ones through the database (<see cref="Holds"/>), and what they were told comes from there.
/// </summary>
/// <param name="shared">The slow-down that all workers know of; null when there is none.</param>
internal sealed class DestinationShape(
    string destination, string provider, int connections, Limits limits, TimeProvider clock, Func<SlowDown?>? shared = null)
{
    private const double Least = 0.02;
    private const int FailuresToSuspend = 5;
    private static readonly TimeSpan FirstOutage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(15);
    // What was under way when it said so says the same; that is one word, not ten.
    private static readonly TimeSpan Deaf = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private SlowDown? _slow;
    private DateTimeOffset _deafUntil;
    private Suspension? _suspension;
    private int _failures;
    private int _outages;

    public string Destination => destination;

    public string Provider => provider;

    public Limits Limits => limits;

    /// <summary>The part of the usual speed that is left.</summary>
    public double Factor => Slowest()?.FactorAt(clock.GetUtcNow()) ?? 1;

    /// <summary>What was said to this process, or to another, that still has an effect: the slower of both.</summary>
    public SlowDown? Slowed => Slowest() is { } slow && slow.FactorAt(clock.GetUtcNow()) < 1 ? slow : null;

    /// <summary>What was said to this process.</summary>
    public SlowDown? OwnSlowDown => Volatile.Read(ref _slow);

    /// <summary>Transactions at one time.</summary>
    public int Concurrency => Math.Max(1, (int)(connections * Factor));

    public Suspension? Suspended
    {
        get
        {
            lock (_gate)
                return _suspension is { } suspension && suspension.Until > clock.GetUtcNow() ? suspension : null;
        }
    }

    /// <summary>Obeys; returns the suspension when there is a new one.</summary>
    public Suspension? React(Reaction reaction, string reason)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (now < _deafUntil)
                return null;
            _deafUntil = now + Deaf;
            if (reaction.Factor is not { } left)
                return Suspend(reason, now + reaction.Duration);
            // What all workers were told at the same moment must not count as often as there are workers: only its own counts here.
            _slow = new SlowDown(Math.Max(Least, (_slow?.FactorAt(now) ?? 1) * left), reason, now + reaction.Duration);
            return null;
        }
    }

    /// <summary>A server of the destination answered.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _failures) == 0 && Volatile.Read(ref _outages) == 0)
            return;
        lock (_gate)
            (_failures, _outages) = (0, 0);
    }

    /// <summary>
    /// No server of the destination could be reached. Several times in a row: it is left alone for a while, so that each
    /// of the items that wait for it does not have to find that out by itself.
    /// </summary>
    public Suspension? Failed(string reason)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (++_failures < FailuresToSuspend || _suspension?.Until > now)
                return null;
            _failures = 0;
            var outage = FirstOutage * Math.Pow(2, Math.Min(_outages++, 10));
            return Suspend(reason, now + (outage < LongestOutage ? outage : LongestOutage));
        }
    }

    private Suspension Suspend(string reason, DateTimeOffset until)
    {
        _slow = SlowDown.After(reason, until);
        return _suspension = new Suspension(reason, until);
    }

    private SlowDown? Slowest()
    {
        var (own, others, now) = (OwnSlowDown, shared?.Invoke(), clock.GetUtcNow());
        return own is null || others?.FactorAt(now) < own.FactorAt(now) ? others : own;
    }
}
