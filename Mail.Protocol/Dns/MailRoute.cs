using System.Net;

namespace Mail.Protocol.Dns;

/// <summary>Where mail for a domain goes (RFC 5321 §5.1). Closed: the nested records are all there are.</summary>
public abstract record MailRoute
{
    private MailRoute()
    {
    }

    /// <summary>Hosts to try in this order; each has at least one address.</summary>
    /// <param name="List">At least one host, most preferred first, equal preferences in random order.</param>
    /// <param name="IsImplicit">There is no MX; the domain's own address stands in for it.</param>
    /// <param name="IsAuthentic">The MX answer (or its proven absence) was authenticated; DANE asks for it (RFC 7672 §2.2.1).</param>
    /// <param name="Ttl">How long the route may be kept.</param>
    public sealed record Hosts(IReadOnlyList<MailHost> List, bool IsImplicit, bool IsAuthentic, TimeSpan Ttl) : MailRoute;

    /// <summary>The domain takes no mail and says so (RFC 7505). Permanent: 556 5.1.10.</summary>
    public sealed record NullMx : MailRoute;

    /// <summary>The domain does not exist or cannot be a domain. Permanent: 5.1.2.</summary>
    public sealed record NoSuchDomain(string Detail) : MailRoute;

    /// <summary>The domain exists, but nothing in it can be connected to: no address at any of its hosts. Permanent: 5.4.4.</summary>
    public sealed record NoUsableHost(string Detail) : MailRoute;

    /// <summary>DNS could not tell. Try later: 4.4.3.</summary>
    public sealed record TemporaryFailure(string Detail) : MailRoute;
}

/// <summary>One host that takes mail.</summary>
/// <param name="Name">Host name as in the MX record: reference for SNI, MTA-STS and DANE. No trailing dot.</param>
/// <param name="Preference">Lower is tried first; 0 for an implicit MX.</param>
/// <param name="Addresses">IPv6 addresses, then IPv4 addresses, each in answer order; at least one.</param>
/// <param name="CanonicalName">Name at the end of the host's CNAME chain; usually <paramref name="Name"/>.</param>
/// <param name="IsAuthentic">The address answers were authenticated (RFC 7672 §2.2.2).</param>
public sealed record MailHost(string Name, ushort Preference, IReadOnlyList<IPAddress> Addresses, string CanonicalName, bool IsAuthentic);
