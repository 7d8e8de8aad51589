using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tls;

/// <summary>How the recipient's side asks for mail: by DANE where its DNS is signed and we may believe that, else by MTA-STS.</summary>
public sealed class TlsPolicies(
    MtaStsPolicies policies, IDnsResolver resolver, IOptions<DnsOptions> dns, IOptions<DeliveryOptions> delivery)
{
    /// <summary>Where mail for a domain goes, and what its hosts ask for, in their order.</summary>
    public async Task<(MailRoute Route, IReadOnlyList<HostTls> Tls)> RouteAsync(string domain, CancellationToken cancellationToken)
    {
        var route = await MailRouteLookup.FindAsync(domain, resolver, cancellationToken);
        return (route, route is MailRoute.Hosts hosts ? await FindAsync(domain, hosts, cancellationToken) : []);
    }

    /// <summary>One for each host of the route, in its order.</summary>
    public async ValueTask<IReadOnlyList<HostTls>> FindAsync(string domain, MailRoute.Hosts route, CancellationToken cancellationToken)
    {
        var policy = await policies.FindAsync(domain, cancellationToken);
        var found = new HostTls[route.List.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var host = route.List[i];
            found[i] = await FindDaneAsync(domain, route, host, cancellationToken) ?? policy.For(host.Name);
        }
        return found;
    }

    private async ValueTask<HostTls?> FindDaneAsync(string domain, MailRoute.Hosts route, MailHost host, CancellationToken cancellationToken)
    {
        // RFC 7672 §2.2: with an unsigned MX or unsigned addresses TLSA records prove nothing, and are not asked for.
        if (!dns.Value.TrustAuthenticatedData || !route.IsAuthentic || !host.IsAuthentic)
            return null;
        // RFC 7672 §2.2.3: the name behind the aliases first, then the one of the MX record.
        foreach (var name in host.CanonicalName == host.Name ? [host.Name] : new[] { host.CanonicalName, host.Name })
        {
            var records = await resolver.ResolveTlsaAsync($"_{delivery.Value.MxPort}._tcp.{name}", cancellationToken);
            // RFC 7672 §2.1.1: whoever can suppress the answer could otherwise switch DANE off.
            if (records.IsTemporary)
                return new HostTls(HostTlsKind.Dane)
                {
                    Problem = TlsReportResult.DnssecInvalid,
                    Refusal = $"its TLSA records cannot be looked up ({records.Detail ?? records.Status.ToString()})",
                };
            if (records is { IsFound: true, IsAuthentic: true })
                return new HostTls(HostTlsKind.Dane) { Tlsa = records.Records, TlsaBase = name, DaneNames = [domain, host.Name] };
        }
        return null;
    }
}
