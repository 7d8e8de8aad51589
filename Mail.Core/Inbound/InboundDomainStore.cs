using System.Text.Json;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Inbound;

public sealed class InboundDomainStore(NpgsqlDataSource database, TimeProvider clock)
{
    internal const string Columns = "d.organization_id, d.id, d.name, d.status, d.checks, d.created_at, d.verified_at, d.last_checked_at";

    /// <summary>Null when the organization has the name already, or as many as it may have.</summary>
    public async Task<InboundDomain?> CreateAsync(OrganizationId organization, string name, int maxPerOrganization, CancellationToken cancellationToken)
    {
        var id = PrefixedId.New<InboundDomainId>(clock);
        await database.ExecuteAsync(
            """
            insert into inbound_domains (organization_id, id, name)
            select $1, $2, $3 where (select count(*) from inbound_domains where organization_id = $1) < $4
            on conflict (organization_id, name) do nothing
            """,
            cancellationToken, organization.Value, id.Value, name, maxPerOrganization);
        return await FindAsync(organization, id, cancellationToken);
    }

    public Task<InboundDomain?> FindAsync(OrganizationId organization, InboundDomainId domain, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns} from inbound_domains d where d.organization_id = $1 and d.id = $2",
            Map, cancellationToken, organization.Value, domain.Value);

    /// <summary>Newest first.</summary>
    public Task<List<InboundDomain>> ListAsync(
        OrganizationId organization, InboundDomainId? after, int count, CancellationToken cancellationToken) => database.QueryAsync(
        $"""
        select {Columns} from inbound_domains d
        where d.organization_id = $1 and d.id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
        order by d.id desc limit $3
        """,
        Map, cancellationToken, organization.Value, after?.Value, count);

    /// <summary>Its mail stays. False when there is no such domain.</summary>
    public async Task<bool> DeleteAsync(OrganizationId organization, InboundDomainId domain, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "delete from inbound_domains where organization_id = $1 and id = $2", cancellationToken, organization.Value, domain.Value) == 1;

    internal static InboundDomain Map(NpgsqlDataReader row) => new(
        new OrganizationId(row.GetGuid(0)), new InboundDomainId(row.GetGuid(1)), row.GetString(2), InboundDomainStatusText.Parse(row.GetString(3)),
        JsonSerializer.Deserialize(row.GetString(4), DomainJson.Default.IReadOnlyListRecordCheck) ?? [], row.GetFieldValue<DateTimeOffset>(5),
        row.GetValueOrNull<DateTimeOffset>(6), row.GetValueOrNull<DateTimeOffset>(7));

    internal static string Serialize(IReadOnlyList<RecordCheck> checks) =>
        JsonSerializer.Serialize(checks, DomainJson.Default.IReadOnlyListRecordCheck);
}
