using System.Text;
using Mail.Core.Persistence;
using Mail.Protocol.MtaSts;
using Npgsql;

namespace Mail.Core.Tls;

/// <summary>Policies that recipient domains have published, as fetched. They belong to no organization.</summary>
public sealed class MtaStsStore(NpgsqlDataSource database)
{
    /// <summary>Null when there is none whose time is not over.</summary>
    public async Task<StoredPolicy?> FindAsync(string domain, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select policy_id, policy, now() - fetched_at, expires_at - now() from mta_sts_policies where domain = $1 and expires_at > now()",
            row => (Id: row.GetString(0), Text: row.GetString(1), Age: row.GetFieldValue<TimeSpan>(2), Left: row.GetFieldValue<TimeSpan>(3)),
            cancellationToken, domain);
        return rows is [var found] && MtaStsPolicy.Parse(Encoding.UTF8.GetBytes(found.Text)) is MtaStsPolicyResult.Valid(var policy)
            ? new StoredPolicy(found.Id, policy, found.Age, found.Left)
            : null;
    }

    public Task SaveAsync(string domain, string id, MtaStsPolicy policy, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        insert into mta_sts_policies (domain, policy_id, policy, expires_at) values ($1, $2, $3, now() + $4)
        on conflict (domain) do update
        set policy_id = excluded.policy_id, policy = excluded.policy, fetched_at = now(), expires_at = excluded.expires_at
        """,
        cancellationToken, domain, id, policy.ToString(), policy.MaxAge);

    public Task DeleteExpiredAsync(CancellationToken cancellationToken) =>
        database.ExecuteAsync("delete from mta_sts_policies where expires_at <= now()", cancellationToken);
}

/// <param name="Id">As the DNS record announced it.</param>
/// <param name="Age">Since it was fetched.</param>
/// <param name="Left">For how long it counts.</param>
public sealed record StoredPolicy(string Id, MtaStsPolicy Policy, TimeSpan Age, TimeSpan Left)
{
    /// <summary>It is time to renew it, long before it ends (RFC 8461 §3.3).</summary>
    public bool IsOld(TimeSpan refresh) => Age >= refresh || Left <= Age;
}
