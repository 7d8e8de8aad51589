using System.Collections.Concurrent;
using System.Net;

namespace Mail.Protocol.Dns;

/// <summary>
/// Asks recursive resolvers (RFC 1034 §5.3.1): UDP with EDNS0, TCP when the answer does not fit, the next server when one fails.
/// Keeps answers and failures for their time, and asks once for callers that want the same at the same time.
/// Safe for concurrent use; one instance serves a process.
/// </summary>
public sealed class StubResolver : IDnsResolver
{
    private readonly StubResolverOptions _options;
    private readonly DnsServers _servers;
    private readonly DnsCache _cache;
    private readonly SemaphoreSlim _turns;
    private readonly ConcurrentDictionary<DnsKey, Task> _flights = new();

    /// <summary>Takes the options as they are now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time, count or bound is not positive.</exception>
    public StubResolver(StubResolverOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.TotalTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Attempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumConcurrentQueries, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaximumCacheEntries);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaximumCacheBytes);
        _options = options;
        var servers = options.Servers.Count > 0 ? [.. options.Servers] : ResolvConf.ReadSystem();
        var transport = new DnsTransport(options.TimeProvider, options.AttemptTimeout, options.RandomizeCase);
        _servers = new DnsServers(servers, options.Attempts, transport, options.TimeProvider);
        _cache = new DnsCache(options.TimeProvider, options.MaximumCacheEntries, options.MaximumCacheBytes);
        _turns = new SemaphoreSlim(options.MaximumConcurrentQueries);
    }

    /// <inheritdoc/>
    public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.Mx, cancellationToken);

    /// <inheritdoc/>
    public Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.Txt, cancellationToken);

    /// <inheritdoc/>
    public Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.A, cancellationToken);

    /// <inheritdoc/>
    public Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.Aaaa, cancellationToken);

    /// <inheritdoc/>
    public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.Cname, cancellationToken);

    /// <inheritdoc/>
    public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.Ptr, cancellationToken);

    /// <inheritdoc/>
    public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.Tlsa, cancellationToken);

    /// <inheritdoc/>
    public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) =>
        ResolveAsync(name, DnsRecordKind.Caa, cancellationToken);

    private async Task<DnsResult<T>> ResolveAsync<T>(string name, DnsRecordKind<T> kind, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!DnsName.TryNormalize(name, out var normal))
            return new DnsResult<T> { Status = DnsStatus.Invalid, CanonicalName = name, Detail = "not a name that can be asked for" };
        var key = new DnsKey(normal, kind.Type);
        return _cache.TryGet<T>(key, out var known) ? known : await JoinFlight(key, kind).WaitAsync(cancellationToken);
    }

    // The flight belongs to nobody: a caller that gives up does not take the answer from the others.
    private Task<DnsResult<T>> JoinFlight<T>(DnsKey key, DnsRecordKind<T> kind)
    {
        var mine = new TaskCompletionSource<DnsResult<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var flight = _flights.GetOrAdd(key, mine.Task);
        if (flight == mine.Task)
            _ = FlyAsync(key, kind, mine);
        return (Task<DnsResult<T>>)flight;
    }

    private async Task FlyAsync<T>(DnsKey key, DnsRecordKind<T> kind, TaskCompletionSource<DnsResult<T>> landed)
    {
        try
        {
            var (result, bytes) = await AskInTurnAsync(key, kind);
            _cache.Put(key, result, bytes);
            _flights.TryRemove(key, out _);
            landed.SetResult(result);
        }
        catch (Exception e)
        {
            _flights.TryRemove(key, out _);
            landed.SetException(e);
        }
    }

    private async Task<(DnsResult<T> Result, int Bytes)> AskInTurnAsync<T>(DnsKey key, DnsRecordKind<T> kind)
    {
        using var deadline = new CancellationTokenSource(_options.TotalTimeout, _options.TimeProvider);
        try
        {
            await _turns.WaitAsync(deadline.Token);
            try
            {
                return await Task.Run(() => FollowAsync(new DnsChain(key.Name), kind, deadline.Token), deadline.Token);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return (Failure<T>(DnsStatus.Timeout, key.Name, $"no answer within {_options.TotalTimeout.TotalSeconds:0.#} s"), 0);
        }
    }

    private async Task<(DnsResult<T> Result, int Bytes)> FollowAsync<T>(DnsChain chain, DnsRecordKind<T> kind, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await _servers.AskAsync(chain.Name, kind.Type, cancellationToken))
            {
                case DnsReply.Answered { Message: var message }:
                    if (chain.Read(message, kind) is { } result)
                        return (Bounded(result), message.Bytes.Length);
                    continue;
                case DnsReply.Unusable { Detail: var detail }:
                    return (Failure<T>(DnsStatus.ServFail, chain.Name, detail), 0);
                case DnsReply.Silent { Detail: var detail }:
                    return (Failure<T>(DnsStatus.Timeout, chain.Name, detail), 0);
            }
        }
    }

    private DnsResult<T> Failure<T>(DnsStatus status, string name, string detail) =>
        new() { Status = status, CanonicalName = name, Detail = detail, Ttl = _options.FailureTtl };

    private DnsResult<T> Bounded<T>(DnsResult<T> result) => result.Status switch
    {
        DnsStatus.Found => result with { Ttl = Least(result.Ttl, _options.MaximumTtl) },
        DnsStatus.ServFail => result with { Ttl = _options.FailureTtl },
        _ => result with { Ttl = Least(result.Ttl, _options.MaximumNegativeTtl) },
    };

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
