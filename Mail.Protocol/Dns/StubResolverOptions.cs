using System.Net;

namespace Mail.Protocol.Dns;

/// <summary>How <see cref="StubResolver"/> asks and remembers. Read once, by its constructor.</summary>
public sealed class StubResolverOptions
{
    /// <summary>Recursive resolvers in order of preference. Empty: those of <c>/etc/resolv.conf</c>, or 127.0.0.1.</summary>
    public IList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>How long one server has for one answer. Default: 3 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the whole list of servers is gone through. Default: 2.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>How long a question may take over all servers, attempts and aliases, waiting for its turn included. Default: 15 s.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Questions on the wire at one time, one socket each; more wait for their turn. Default: 256.</summary>
    public int MaximumConcurrentQueries { get; init; } = 256;

    /// <summary>Asks in random case (0x20) to make forging harder. A server that does not repeat the case is asked again over TCP. Default: true.</summary>
    public bool RandomizeCase { get; init; } = true;

    /// <summary>Answers kept at most; 0 switches the cache off. Default: 100,000.</summary>
    public int MaximumCacheEntries { get; init; } = 100_000;

    /// <summary>Size of the kept answers at most, counted in octets on the wire and 256 more each. Default: 32 MiB.</summary>
    public long MaximumCacheBytes { get; init; } = 32 << 20;

    /// <summary>The longest time an answer is kept, whatever its TTL. Default: 1 day (RFC 8767 §4 allows up to 7).</summary>
    public TimeSpan MaximumTtl { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The longest time "no such name" and "no data" are kept. Default: 15 min (RFC 2308 §5 suggests at most 3 h).</summary>
    public TimeSpan MaximumNegativeTtl { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a failure is kept, to spare a broken server. Default: 1 s, the least that RFC 9520 §3.2 asks for.</summary>
    public TimeSpan FailureTtl { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock of timeouts and TTLs. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
