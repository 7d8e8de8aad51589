using System.Net;

namespace Mail.Protocol.Dns;

/// <summary>Finds the hosts that take mail for a domain: MX, null MX, implicit MX, and their addresses (RFC 5321 §5.1, RFC 7505).</summary>
public static class MailRouteLookup
{
    /// <summary>Hosts looked up at most; the least preferred ones beyond are ignored, as a domain may list thousands.</summary>
    public const int MaximumHosts = 16;

    /// <summary>Addresses kept at most per host and family.</summary>
    public const int MaximumAddresses = 16;

    /// <summary>Looks a domain up. The domain is in ASCII (A-labels); <paramref name="random"/> shuffles hosts of equal preference.</summary>
    public static async Task<MailRoute> FindAsync(string domain, IDnsResolver resolver, CancellationToken cancellationToken, Random? random = null)
    {
        var exchanges = await resolver.ResolveMxAsync(domain, cancellationToken);
        switch (exchanges.Status)
        {
            case DnsStatus.Found:
                // RFC 7505 §3: a lone root host. Next to real hosts it is an error that names no host.
                var hosts = exchanges.Records.Where(mx => mx.Exchange.Length > 0).ToList();
                return hosts.Count == 0
                    ? new MailRoute.NullMx()
                    : await ResolveHostsAsync(domain, InOrder(hosts, random ?? Random.Shared), exchanges, false, resolver, cancellationToken);
            case DnsStatus.NoData:
                // RFC 5321 §5.1: without MX the domain itself is the host, with preference 0.
                MxRecord itself = new(0, exchanges.CanonicalName);
                return await ResolveHostsAsync(domain, [itself], exchanges, true, resolver, cancellationToken);
            case DnsStatus.NxDomain:
                return new MailRoute.NoSuchDomain($"{domain} does not exist");
            case DnsStatus.Invalid:
                return new MailRoute.NoSuchDomain($"{domain} is not a domain name");
            case DnsStatus.ServFail:
            case DnsStatus.Timeout:
                return new MailRoute.TemporaryFailure($"MX of {domain}: {exchanges.Detail ?? exchanges.Status.ToString()}");
            default:
                throw new ArgumentOutOfRangeException(nameof(resolver), exchanges.Status, "Unknown status.");
        }
    }

    // RFC 5321 §5.1: sorted by preference, and equal ones shuffled to spread the load.
    private static MxRecord[] InOrder(List<MxRecord> hosts, Random random)
    {
        var shuffled = hosts.DistinctBy(mx => mx.Exchange).ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled.OrderBy(mx => mx.Preference).Take(MaximumHosts)];
    }

    private static async Task<MailRoute> ResolveHostsAsync(
        string domain, MxRecord[] exchanges, DnsResult<MxRecord> answer, bool isImplicit, IDnsResolver resolver, CancellationToken cancellationToken)
    {
        var lookups = await Task.WhenAll(exchanges.Select(mx => ResolveHostAsync(mx, resolver, cancellationToken)));
        var hosts = lookups.Where(l => l.Host.Addresses.Count > 0).ToList();
        if (hosts.Count > 0)
        {
            var ttl = hosts.Select(l => l.Ttl).Append(answer.Ttl).Min();
            return new MailRoute.Hosts(hosts.ConvertAll(l => l.Host), isImplicit, answer.IsAuthentic, ttl);
        }
        // RFC 5321 §5.1: unusable for now is not unusable for good.
        if (Array.Find(lookups, l => l.Failure is not null) is { } failed)
            return new MailRoute.TemporaryFailure($"address of {failed.Host.Name}: {failed.Failure}");
        return new MailRoute.NoUsableHost(isImplicit
            ? $"{domain} has neither MX nor address"
            : $"no MX host of {domain} has an address: {string.Join(", ", exchanges.Select(mx => mx.Exchange))}");
    }

    private static async Task<HostLookup> ResolveHostAsync(MxRecord mx, IDnsResolver resolver, CancellationToken cancellationToken)
    {
        var sixTask = resolver.ResolveAaaaAsync(mx.Exchange, cancellationToken);
        var four = await resolver.ResolveAAsync(mx.Exchange, cancellationToken);
        var six = await sixTask;
        List<IPAddress> addresses = [.. six.Records.Take(MaximumAddresses), .. four.Records.Take(MaximumAddresses)];
        var found = new[] { six, four }.Where(r => r.IsFound).ToList();
        var failed = new[] { four, six }.FirstOrDefault(r => r.IsTemporary);
        return new HostLookup(
            new MailHost(mx.Exchange, mx.Preference, addresses, four.CanonicalName, found.Count > 0 && found.TrueForAll(r => r.IsAuthentic)),
            found.Select(r => r.Ttl).DefaultIfEmpty().Min(),
            failed is null ? null : failed.Detail ?? failed.Status.ToString());
    }

    private sealed record HostLookup(MailHost Host, TimeSpan Ttl, string? Failure);
}
