using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Domains;

public sealed class DomainStore(NpgsqlDataSource database, TimeProvider clock)
{
    internal async Task<DomainId?> FindVerifiedAsync(OrganizationId organization, string name, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select id from domains where organization_id = $1 and name = $2 and status = 'verified'",
            row => new DomainId(row.GetGuid(0)), cancellationToken, organization.Value, name);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>The id of a domain stored as verified, or of the one already there; null when another organization has it.</summary>
    internal async Task<DomainId?> EnsureVerifiedAsync(OrganizationId organization, string name, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            """
            insert into domains (organization_id, id, name, status, verified_at)
            values ($1, $2, $3, 'verified', now())
            on conflict (name) do nothing
            """,
            cancellationToken, organization.Value, PrefixedId.New<DomainId>(clock).Value, name);
        return await FindVerifiedAsync(organization, name, cancellationToken);
    }
}
