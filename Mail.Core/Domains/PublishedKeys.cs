using Mail.Core.Persistence;
using Mail.Protocol.Dns;

namespace Mail.Core.Domains;

/// <summary>
/// A resolver that answers for the DKIM keys of our own domains as if they were published, and asks the real one for
/// everything else. For Development, where nobody has published anything.
/// </summary>
public sealed class PublishedKeys(IDnsResolver inner, DkimKeyStore keys, TimeProvider clock) : TxtOverlay(inner)
{
    private const string Infix = "._domainkey.";
    private const int Capacity = 1_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly ExpiringCache<string, string?> _records = new(clock, Lifetime, Capacity);

    public override async Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken)
    {
        var key = name.TrimEnd('.').ToLowerInvariant();
        var record = key.Contains(Infix, StringComparison.Ordinal) ? await _records.GetAsync(key, FindAsync, cancellationToken) : null;
        return record is null
            ? await Inner.ResolveTxtAsync(name, cancellationToken)
            : new DnsResult<string> { Status = DnsStatus.Found, Records = [record], Ttl = Lifetime };
    }

    private Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var split = name.IndexOf(Infix, StringComparison.Ordinal);
        return keys.PublicRecordAsync(name[(split + Infix.Length)..], name[..split], cancellationToken);
    }
}
