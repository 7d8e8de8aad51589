using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Tls;
using Npgsql;

namespace Mail.Core.Domains;

public sealed class DomainStore(NpgsqlDataSource database, TimeProvider clock)
{
    public Task<SendingDomain?> FindAsync(OrganizationId organization, DomainId domain, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {DomainStatements.Columns} from domains d {DomainStatements.Keys} where d.organization_id = $1 and d.id = $2",
            DomainStatements.Map, cancellationToken, organization.Value, domain.Value);

    public Task<SendingDomain?> FindByNameAsync(OrganizationId organization, string name, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {DomainStatements.Columns} from domains d {DomainStatements.Keys} where d.organization_id = $1 and d.name = $2",
            DomainStatements.Map, cancellationToken, organization.Value, name);

    /// <summary>Newest first.</summary>
    /// <param name="after">The last one of the page before.</param>
    public Task<List<SendingDomain>> ListAsync(
        OrganizationId organization, DomainStatus? status, DomainId? after, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {DomainStatements.Columns}
            from (
                select * from domains
                where organization_id = $1 and id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) and ($3::text is null or status = $3)
                order by id desc limit $4
            ) d
            {DomainStatements.Keys}
            order by d.id desc
            """,
            DomainStatements.Map, cancellationToken, organization.Value, after?.Value, status?.ToText(), count);

    /// <summary>Changes how mail of the domain is tracked, and what TLS it needs. False when there is no such domain.</summary>
    public async Task<bool> ChangeAsync(
        OrganizationId organization, DomainId domain, string? host, bool opens, bool clicks, TlsRequirement tls, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            update domains set track_opens = $4, track_clicks = $5, tls = $6, tracking_host = $3::text,
                tracking_verified = tracking_verified and tracking_host is not distinct from $3::text,
                check_token = check_token + case when tracking_host is distinct from $3::text then 1 else 0 end,
                next_check_at = case when tracking_host is distinct from $3::text and next_check_at is not null then now() else next_check_at end
            where organization_id = $1 and id = $2
            """,
            cancellationToken, organization.Value, domain.Value, host, opens, clicks, tls.ToText()) == 1;

    /// <summary>How mail of a domain is tracked; null when there is no such domain.</summary>
    public Task<DomainTracking?> TrackingAsync(OrganizationId organization, DomainId domain, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            "select track_opens, track_clicks, case when tracking_verified then tracking_host end from domains where organization_id = $1 and id = $2",
            row => new DomainTracking(row.GetBoolean(0), row.GetBoolean(1), row.GetStringOrNull(2)), cancellationToken,
            organization.Value, domain.Value);

    /// <summary>What mail of a domain leaves with: the host of its own return path while that is verified, and TLS. Null: the organization has no such domain.</summary>
    internal async Task<(string? ReturnPathHost, TlsRequirement Tls)?> FindLeavingAsync(
        OrganizationId organization, string name, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            """
            select case when return_path_verified and status <> 'disabled' then mail_from_subdomain || '.' || name end, tls
            from domains where organization_id = $1 and name = $2
            """,
            row => (row.GetStringOrNull(0), TlsRequirementText.Parse(row.GetString(1))), cancellationToken, organization.Value, name);
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>Who owns a name, of all organizations.</summary>
    internal Task<DomainOwner?> FindOwnerAsync(string name, CancellationToken cancellationToken) => database.QuerySingleAsync(
        $"select d.organization_id, d.id, d.status from domains d where d.name = $1 and {DomainStatements.IsOwner}",
        DomainStatements.MapOwner, cancellationToken, name);

    internal async Task<DomainId?> FindVerifiedAsync(OrganizationId organization, string name, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select id from domains where organization_id = $1 and name = $2 and status = 'verified'",
            row => new DomainId(row.GetGuid(0)), cancellationToken, organization.Value, name);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>
    /// The id of a domain stored as verified on the operator's word, or of the one already there; null when another
    /// organization has it. Such a domain is never checked by itself.
    /// </summary>
    internal async Task<DomainId?> EnsureVerifiedAsync(OrganizationId organization, string name, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            """
            insert into domains (organization_id, id, name, status, verified_at)
            values ($1, $2, $3, 'verified', now())
            on conflict do nothing
            """,
            cancellationToken, organization.Value, PrefixedId.New<DomainId>(clock).Value, name);
        return await FindVerifiedAsync(organization, name, cancellationToken);
    }
}
