namespace Mail.Worker.Shaping;

/// <summary>Why a destination gets nothing, and until when.</summary>
internal sealed record Suspension(string Reason, DateTimeOffset Until);

/// <summary>
/// How fast one destination may be served now: its limits, slowed down or suspended by what it said, and growing back.
/// Remembered in this process; suspensions go to the other ones through the database (<see cref="Holds"/>).
/// </summary>
internal sealed class DestinationShape(string destination, string provider, int connections, Limits limits, TimeProvider clock)
{
    private const double AfterSuspension = 0.25;
    private const double Least = 0.02;
    private const double Growth = 1.5;
    private const int FailuresToSuspend = 5;
    private static readonly TimeSpan GrowthInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstOutage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(15);
    // What was under way when it said so says the same; that is one word, not ten.
    private static readonly TimeSpan Deaf = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private double _factor = 1;
    private DateTimeOffset _slowUntil;
    private DateTimeOffset _deafUntil;
    private Suspension? _suspension;
    private string? _reason;
    private int _failures;
    private int _outages;

    public string Destination => destination;

    public string Provider => provider;

    public Limits Limits => limits;

    /// <summary>The part of the usual speed that is left.</summary>
    public double Factor
    {
        get
        {
            lock (_gate)
                return FactorAt(clock.GetUtcNow());
        }
    }

    /// <summary>Transactions at one time.</summary>
    public int Concurrency => Math.Max(1, (int)(connections * Factor));

    /// <summary>Why it is slow, while it is.</summary>
    public string? SlowReason => Factor < 1 ? _reason : null;

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
            _factor = Math.Max(Least, FactorAt(now) * left);
            _slowUntil = now + reaction.Duration;
            _reason = reason;
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
        _factor = AfterSuspension;
        _slowUntil = until;
        _reason = reason;
        return _suspension = new Suspension(reason, until);
    }

    private double FactorAt(DateTimeOffset now) => _factor >= 1 || now < _slowUntil
        ? _factor
        : Math.Min(1, _factor * Math.Pow(Growth, Math.Floor((now - _slowUntil) / GrowthInterval)));
}
