using System.Net;
using System.Net.Sockets;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Spf;

/// <summary>
/// The questions of one check, counted (RFC 7208 §4.6.4). Once something ends the check, <see cref="Stop"/> says so,
/// and every further question is answered with nothing, so that nested includes unwind without asking on.
/// </summary>
internal sealed class SpfLookups(IDnsResolver resolver, SpfOptions options, CancellationToken cancellationToken)
{
    private int _terms;
    private int _voids;

    /// <summary>What ended the check early; null while it may go on.</summary>
    public SpfStop? Stop { get; private set; }

    public SpfOptions Options => options;

    public void StopWith(SpfResult result, string problem) => Stop ??= new SpfStop(result, problem);

    /// <summary>Counts a term that asks DNS.</summary>
    public void CountTerm()
    {
        if (++_terms > options.MaximumLookups)
            StopWith(SpfResult.Permerror, $"more than {options.MaximumLookups} terms that ask DNS");
    }

    /// <summary>Policy records and explanations: not counted as void, an absent one has its own meaning.</summary>
    public async Task<DnsResult<string>> TextAsync(string name) =>
        Stop is null ? await resolver.ResolveTxtAsync(name, cancellationToken) : new DnsResult<string> { Status = DnsStatus.NoData };

    public async Task<IReadOnlyList<MxRecord>> MailExchangesAsync(string name) =>
        Stop is null ? Counted(name, await resolver.ResolveMxAsync(name, cancellationToken)) : [];

    /// <summary>Addresses of the given family.</summary>
    public async Task<IReadOnlyList<IPAddress>> AddressesAsync(string name, AddressFamily family) =>
        Stop is null ? Counted(name, await AskAddressesAsync(name, family)) : [];

    /// <summary>Names that the address claims, at most ten; none when DNS fails (RFC 7208 §5.5).</summary>
    public async Task<IReadOnlyList<string>> ReverseNamesAsync(IPAddress address)
    {
        if (Stop is not null)
            return [];
        var answer = await resolver.ResolvePtrAsync(ReverseName.Of(address), cancellationToken);
        CountIfVoid(answer.Status);
        return [.. answer.Records.Take(options.MaximumPtrNames)];
    }

    /// <summary>Whether a name has the address; false when DNS fails (RFC 7208 §5.5).</summary>
    public async Task<bool> HasAddressAsync(string name, IPAddress address) =>
        Stop is null && (await AskAddressesAsync(name, address.AddressFamily)).Records.Contains(address);

    private Task<DnsResult<IPAddress>> AskAddressesAsync(string name, AddressFamily family) => family == AddressFamily.InterNetwork
        ? resolver.ResolveAAsync(name, cancellationToken)
        : resolver.ResolveAaaaAsync(name, cancellationToken);

    private IReadOnlyList<T> Counted<T>(string name, DnsResult<T> answer)
    {
        if (answer.IsTemporary)
            StopWith(SpfResult.Temperror, $"DNS failed for {name}: {answer.Detail ?? answer.Status.ToString()}");
        CountIfVoid(answer.Status);
        return answer.Records;
    }

    private void CountIfVoid(DnsStatus status)
    {
        if (status is DnsStatus.NoData or DnsStatus.NxDomain && ++_voids > options.MaximumVoidLookups)
            StopWith(SpfResult.Permerror, $"more than {options.MaximumVoidLookups} questions without an answer");
    }
}

/// <summary>Why a check ended early: temperror or permerror.</summary>
internal sealed record SpfStop(SpfResult Result, string Problem);
