using System.Collections.Concurrent;
using System.Net;
using Mail.Protocol.Dns;

namespace Mail.TestKit.Dns;

/// <summary>Answers from a <see cref="DnsZone"/> in memory, at once. A timeout is reported, not waited for.</summary>
public sealed class FakeDnsResolver(DnsZone zone) : IDnsResolver
{
    public FakeDnsResolver()
        : this(new DnsZone())
    {
    }

    /// <summary>The zone answered from.</summary>
    public DnsZone Zone => zone;

    /// <summary>Every question asked, in order.</summary>
    public ConcurrentQueue<(string Name, DnsRecordType Type)> Questions { get; } = new();

    public static FakeDnsResolver FromText(string zoneText) => new(DnsZone.Parse(zoneText));

    public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.Mx, data => (MxRecord)data, cancellationToken);

    public Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.Txt, data => string.Concat((string[])data), cancellationToken);

    public Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.A, data => (IPAddress)data, cancellationToken);

    public Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.Aaaa, data => (IPAddress)data, cancellationToken);

    public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.Cname, data => (string)data, cancellationToken);

    public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.Ptr, data => (string)data, cancellationToken);

    public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.Tlsa, data => (TlsaRecord)data, cancellationToken);

    public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) =>
        Answer(name, DnsRecordType.Caa, data => (CaaRecord)data, cancellationToken);

    private Task<DnsResult<T>> Answer<T>(string name, DnsRecordType type, Func<object, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Questions.Enqueue((name, type));
        if (!IsAskable(name))
            return Task.FromResult(new DnsResult<T> { Status = DnsStatus.Invalid, CanonicalName = name });
        var answer = zone.Find(name, type);
        var records = answer.Records.Where(r => r.Type == type && answer.Status == DnsStatus.Found).ToList();
        return Task.FromResult(new DnsResult<T>
        {
            Status = answer.Status,
            Records = records.ConvertAll(r => read(r.Data)),
            Ttl = TimeSpan.FromSeconds(answer.Records.Select(r => r.TtlSeconds).DefaultIfEmpty(300u).Min()),
            IsAuthentic = zone.IsAuthentic && answer.Status is not (DnsStatus.ServFail or DnsStatus.Timeout),
            CanonicalName = answer.CanonicalName,
            Detail = answer.Status is DnsStatus.ServFail or DnsStatus.Timeout ? $"{answer.Status} by the zone" : null,
        });
    }

    private static bool IsAskable(string name)
    {
        var bare = name.EndsWith('.') ? name[..^1] : name;
        return bare.Length is > 0 and <= 253 && bare.Split('.').All(label => label.Length is > 0 and <= 63);
    }
}
