namespace Mail.Protocol.Dns;

/// <summary>The record types this library asks for, with their numbers on the wire.</summary>
public enum DnsRecordType : ushort
{
    /// <summary>IPv4 address (RFC 1035 §3.4.1).</summary>
    A = 1,

    /// <summary>Alias (RFC 1035 §3.3.1).</summary>
    Cname = 5,

    /// <summary>Start of authority: carries the negative TTL (RFC 2308 §3).</summary>
    Soa = 6,

    /// <summary>Reverse name (RFC 1035 §3.3.12).</summary>
    Ptr = 12,

    /// <summary>Mail exchange (RFC 1035 §3.3.9).</summary>
    Mx = 15,

    /// <summary>Text (RFC 1035 §3.3.14).</summary>
    Txt = 16,

    /// <summary>IPv6 address (RFC 3596 §2.1).</summary>
    Aaaa = 28,

    /// <summary>EDNS0 pseudo-record (RFC 6891 §6.1).</summary>
    Opt = 41,

    /// <summary>Certificate association (RFC 6698 §7.1).</summary>
    Tlsa = 52,

    /// <summary>Certification authority authorization (RFC 8659 §4).</summary>
    Caa = 257,
}
