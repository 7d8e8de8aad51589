using Mail.Core.Bounces;
using Mail.Core.Domains.Records;
using Mail.Core.Inbound;
using Mail.Protocol.Dns;

namespace Mail.Core.Domains;

/// <summary>
/// A resolver that answers for SPF and DMARC of our own domains as if the records that we ask for were published. For
/// Development, like <see cref="PublishedKeys"/>.
/// </summary>
public sealed class PublishedPolicies(IDnsResolver inner, ReturnPathHostStore hosts, InboxOwnerStore owners, DomainRecords records) : TxtOverlay(inner)
{
    private const string DmarcLabel = "_dmarc.";
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    public override async Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken)
    {
        var asked = name.TrimEnd('.').ToLowerInvariant();
        if (!asked.StartsWith(DmarcLabel, StringComparison.Ordinal))
            return await hosts.IsOursAsync(asked, cancellationToken) ? Found(records.Spf) : await Inner.ResolveTxtAsync(name, cancellationToken);
        var domain = asked[DmarcLabel.Length..];
        if (await owners.OfDomainAsync(domain, cancellationToken) is not null)
            return Found(DomainRecords.Dmarc);
        // The walk up the tree (RFC 9989 §4.10) passes our own names and ends at a top-level domain: nothing to wait for without a network.
        return !domain.Contains('.', StringComparison.Ordinal) || await hosts.IsOursAsync(domain, cancellationToken)
            ? new DnsResult<string> { Status = DnsStatus.NxDomain, Ttl = Lifetime }
            : await Inner.ResolveTxtAsync(name, cancellationToken);
    }

    private static DnsResult<string> Found(string record) => new() { Status = DnsStatus.Found, Records = [record], Ttl = Lifetime };
}
