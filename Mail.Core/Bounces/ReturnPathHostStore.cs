using Mail.Core.Domains;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Bounces;

/// <summary>Which domains return paths of ours stand under. Reads across organizations.</summary>
public sealed class ReturnPathHostStore(NpgsqlDataSource database, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private const int Capacity = 10_000;

    private readonly ExpiringCache<string, bool> _customHosts = new(clock, Lifetime, Capacity);

    /// <summary>
    /// True for our bounce host, and for the custom return path of a sending domain. Whether its record is verified just
    /// now does not matter: what left while it was still comes back.
    /// </summary>
    public ValueTask<bool> IsOursAsync(string domain, CancellationToken cancellationToken) =>
        domain.Equals(host.Value.BounceDomain, StringComparison.OrdinalIgnoreCase)
            ? ValueTask.FromResult(true)
            : _customHosts.GetAsync(domain.ToLowerInvariant(), LoadAsync, cancellationToken);

    private async Task<bool> LoadAsync(string domain, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select 1 from domains where mail_from_subdomain || '.' || name = $1 limit 1", _ => true, cancellationToken, domain);
        return rows.Count > 0;
    }
}
