using System.Net;

namespace Mail.Protocol.Dns;

/// <summary>
/// Answers DNS questions. Names are given in ASCII (A-labels), with or without trailing dot, in any case.
/// Implementations are safe for concurrent use and throw only <see cref="OperationCanceledException"/>; every other outcome is a value.
/// </summary>
public interface IDnsResolver
{
    /// <summary>Mail exchanges in answer order; see <see cref="MxRecord"/> for the null MX.</summary>
    Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken);

    /// <summary>Texts, each with its character-strings joined without a separator, one character per octet (RFC 7208 §3.3, RFC 6376 §3.6.2.2).</summary>
    Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken);

    /// <summary>IPv4 addresses.</summary>
    Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken);

    /// <summary>IPv6 addresses.</summary>
    Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken);

    /// <summary>The alias at the name itself, not followed. At most one record.</summary>
    Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken);

    /// <summary>Host names behind a reverse name such as <c>1.2.0.192.in-addr.arpa</c>; <see cref="ReverseName"/> makes one from an address.</summary>
    Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken);

    /// <summary>TLSA records of a name such as <c>_25._tcp.mx.example.com</c> (RFC 6698 §3).</summary>
    Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken);

    /// <summary>Certification authority authorizations at the name itself; the tree is not climbed (RFC 8659 §3).</summary>
    Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken);
}
