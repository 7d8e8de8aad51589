using System.Net;
using Mail.Protocol.Dns;

namespace Mail.Core.Domains;

/// <summary>A resolver that sees some TXT records otherwise than they are published, and everything else as it is.</summary>
public abstract class TxtOverlay(IDnsResolver inner) : IDnsResolver
{
    protected IDnsResolver Inner { get; } = inner;

    public abstract Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken);

    public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) => Inner.ResolveMxAsync(name, cancellationToken);

    public Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) => Inner.ResolveAAsync(name, cancellationToken);

    public Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) => Inner.ResolveAaaaAsync(name, cancellationToken);

    public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) => Inner.ResolveCnameAsync(name, cancellationToken);

    public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) => Inner.ResolvePtrAsync(name, cancellationToken);

    public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) => Inner.ResolveTlsaAsync(name, cancellationToken);

    public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) => Inner.ResolveCaaAsync(name, cancellationToken);
}
