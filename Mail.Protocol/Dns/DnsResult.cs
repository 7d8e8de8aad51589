namespace Mail.Protocol.Dns;

/// <summary>The answer to one DNS question. Instances are immutable and shared between callers of a cache.</summary>
/// <typeparam name="T">Shape of one record.</typeparam>
public sealed record DnsResult<T>
{
    /// <summary>How the question ended.</summary>
    public required DnsStatus Status { get; init; }

    /// <summary>The records in the order of the answer; empty unless <see cref="Status"/> is <see cref="DnsStatus.Found"/>.</summary>
    public IReadOnlyList<T> Records { get; init; } = [];

    /// <summary>How long the answer may be kept from now on: the least TTL of the chain, or the negative TTL of RFC 2308 §5.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>The AD bit of the answer (RFC 4035 §3.2.3). Means something only when the path to the resolver is trusted.</summary>
    public bool IsAuthentic { get; init; }

    /// <summary>The name at the end of the CNAME chain; the asked name when there was none. No trailing dot.</summary>
    public string CanonicalName { get; init; } = "";

    /// <summary>For a failure: what went wrong, for logs and for people. Null otherwise.</summary>
    public string? Detail { get; init; }

    /// <summary>True when there are records.</summary>
    public bool IsFound => Status == DnsStatus.Found;

    /// <summary>True when asking again later may give another answer: <see cref="DnsStatus.ServFail"/> or <see cref="DnsStatus.Timeout"/>.</summary>
    public bool IsTemporary => Status is DnsStatus.ServFail or DnsStatus.Timeout;
}
