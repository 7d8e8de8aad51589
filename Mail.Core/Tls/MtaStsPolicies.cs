using Mail.Core.Persistence;
using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Tls;

/// <summary>The MTA-STS policies of recipient domains: remembered for minutes, stored for as long as they say, announced by DNS (RFC 8461 §5.1).</summary>
public sealed partial class MtaStsPolicies(
    IDnsResolver resolver, MtaStsStore store, MtaStsFetch fetch, IOptions<TlsOptions> options, TimeProvider clock, ILogger<MtaStsPolicies> logger)
{
    private const int Capacity = 100_000;

    private readonly ExpiringCache<string, DomainPolicy> _known = new(clock, options.Value.MtaStsCheck, Capacity);

    /// <param name="domain">A recipient domain, in A-labels and lower case.</param>
    public ValueTask<DomainPolicy> FindAsync(string domain, CancellationToken cancellationToken) =>
        options.Value.MtaSts ? _known.GetAsync(domain, LoadAsync, cancellationToken) : ValueTask.FromResult(DomainPolicy.None);

    private async Task<DomainPolicy> LoadAsync(string domain, CancellationToken cancellationToken)
    {
        var announced = await resolver.ResolveTxtAsync(MtaStsRecord.NameFor(domain), cancellationToken);
        var record = announced.IsFound ? MtaStsRecord.Find(announced.Records) : null;
        var stored = await FindStoredAsync(domain, cancellationToken);
        // RFC 8461 §3.1, §5.1: what was fetched counts until its time is over, whether DNS still announces it or not.
        if (record is null)
            return stored is null ? DomainPolicy.None : DomainPolicy.Of(stored.Policy);
        if (stored is not null && stored.Id == record.Id && !stored.IsOld(options.Value.MtaStsRefresh))
            return DomainPolicy.Of(stored.Policy);
        switch (await fetch.FetchAsync(domain, cancellationToken))
        {
            case PolicyFetch.Fetched(var policy):
                await TrySaveAsync(domain, record.Id, policy, cancellationToken);
                return DomainPolicy.Of(policy);
            case PolicyFetch.Failed(var problem, var detail):
                Log.PolicyNotFetched(logger, domain, problem, detail);
                return stored is null ? DomainPolicy.Unknown(problem) : DomainPolicy.Of(stored.Policy);
            default:
                throw new InvalidOperationException("No outcome of fetching.");
        }
    }

    private async Task<StoredPolicy?> FindStoredAsync(string domain, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync(domain, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            Log.PoliciesNotRead(logger, domain, error.Message);
            return null;
        }
    }

    private async Task TrySaveAsync(string domain, string id, MtaStsPolicy policy, CancellationToken cancellationToken)
    {
        try
        {
            await store.SaveAsync(domain, id, policy, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            Log.PolicyNotStored(logger, domain, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The MTA-STS policy of {Domain} was not fetched ({Problem}): {Detail}")]
        public static partial void PolicyNotFetched(ILogger logger, string domain, string problem, string detail);

        [LoggerMessage(LogLevel.Warning, "Stored MTA-STS policies were not read, that of {Domain} is fetched anew: {Reason}")]
        public static partial void PoliciesNotRead(ILogger logger, string domain, string reason);

        [LoggerMessage(LogLevel.Warning, "The MTA-STS policy of {Domain} was not stored; other workers fetch it too: {Reason}")]
        public static partial void PolicyNotStored(ILogger logger, string domain, string reason);
    }
}

/// <summary>What a recipient domain asks for by MTA-STS.</summary>
public sealed class DomainPolicy
{
    public static DomainPolicy None { get; } = new(null, HostTls.None, HostTls.None);

    private readonly HostTls _named;
    private readonly HostTls _other;

    private DomainPolicy(MtaStsPolicy? policy, HostTls named, HostTls other) => (Policy, _named, _other) = (policy, named, other);

    public MtaStsPolicy? Policy { get; }

    public static DomainPolicy Of(MtaStsPolicy policy) => policy.Mode switch
    {
        MtaStsMode.None => None,
        MtaStsMode.Testing => new DomainPolicy(policy, new HostTls(HostTlsKind.MtaStsTesting) { Sts = policy },
            new HostTls(HostTlsKind.MtaStsTesting) { Sts = policy, Problem = TlsReportResult.ValidationFailure }),
        MtaStsMode.Enforce => new DomainPolicy(policy, new HostTls(HostTlsKind.MtaSts) { Sts = policy },
            new HostTls(HostTlsKind.MtaSts)
            {
                Sts = policy,
                Problem = TlsReportResult.ValidationFailure,
                Refusal = "it is not among the servers that the domain's MTA-STS policy names",
            }),
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };

    /// <summary>A policy is announced and cannot be had.</summary>
    public static DomainPolicy Unknown(string problem)
    {
        var host = new HostTls(HostTlsKind.None) { Problem = problem };
        return new DomainPolicy(null, host, host);
    }

    /// <param name="host">The name of an MX record.</param>
    public HostTls For(string host) => Policy is null || Policy.Matches(host) ? _named : _other;
}
