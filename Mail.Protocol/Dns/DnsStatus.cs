namespace Mail.Protocol.Dns;

/// <summary>How a DNS question ended. The six outcomes never stand in for each other.</summary>
public enum DnsStatus
{
    /// <summary>At least one record of the asked type exists.</summary>
    Found,

    /// <summary>The name exists, but has no record of the asked type (RFC 2308 §2.2).</summary>
    NoData,

    /// <summary>The name does not exist (RFC 2308 §2.1, RFC 8020).</summary>
    NxDomain,

    /// <summary>The servers answered with a failure, an unusable message or a CNAME chain that loops. Temporary.</summary>
    ServFail,

    /// <summary>No server answered in time. Temporary.</summary>
    Timeout,

    /// <summary>The name cannot be asked for: an empty or over-long label, over 255 octets. Nothing was sent. Permanent.</summary>
    Invalid,
}
