using Mail.Core.Domains;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Maintenance;

/// <summary>Looks at the records of domains that are due, several at a time.</summary>
internal sealed class DomainRecheck(DomainCheckStore store, CheckDomain check, IOptions<DomainRecheckOptions> options)
{
    private readonly DomainRecheckOptions _options = options.Value;

    /// <summary>Returns how many were due.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var due = await store.ClaimDueAsync(_options.Batch, _options.Lease, cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, parallel, async (lease, token) => await check.CheckAsync(lease, token));
        return due.Count;
    }
}
