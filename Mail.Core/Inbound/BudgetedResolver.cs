using System.Net;
using Mail.Protocol.Dns;

namespace Mail.Core.Inbound;

/// <summary>Asks so many questions and no more; the rest fail for now. A mail must not make us ask without end.</summary>
internal sealed class BudgetedResolver(IDnsResolver inner, int questions) : IDnsResolver
{
    private int _left = questions;

    public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolveMxAsync, name, cancellationToken);

    public Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolveTxtAsync, name, cancellationToken);

    public Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolveAAsync, name, cancellationToken);

    public Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolveAaaaAsync, name, cancellationToken);

    public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolveCnameAsync, name, cancellationToken);

    public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolvePtrAsync, name, cancellationToken);

    public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolveTlsaAsync, name, cancellationToken);

    public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) => AskAsync(inner.ResolveCaaAsync, name, cancellationToken);

    private Task<DnsResult<T>> AskAsync<T>(
        Func<string, CancellationToken, Task<DnsResult<T>>> ask, string name, CancellationToken cancellationToken) =>
        Interlocked.Decrement(ref _left) >= 0
            ? ask(name, cancellationToken)
            : Task.FromResult(new DnsResult<T> { Status = DnsStatus.Timeout, Detail = "the questions for this mail are used up" });
}
