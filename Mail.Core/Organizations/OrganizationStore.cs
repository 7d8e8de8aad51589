using Mail.Core.Ids;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Organizations;

public sealed class OrganizationStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns =
        """
        o.id, o.name, o.status = 'suspended', o.created_at, o.suspended_at,
        (select count(*) from api_keys k
         where k.organization_id = o.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))
        """;

    /// <summary>The new organization, or null when the name is taken.</summary>
    public async Task<OrganizationId?> CreateAsync(string name, CancellationToken cancellationToken)
    {
        var id = PrefixedId.New<OrganizationId>(clock);
        var created = await database.ExecuteAsync(
            "insert into organizations (id, name) values ($1, $2) on conflict (name) do nothing", cancellationToken, id.Value, name);
        return created == 1 ? id : null;
    }

    public async Task<OrganizationId?> FindByNameAsync(string name, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync("select id from organizations where name = $1", row => new OrganizationId(row.GetGuid(0)),
            cancellationToken, name);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>All organizations, newest first, from behind <paramref name="after"/> on: for the operator.</summary>
    public Task<List<OrganizationDetails>> ListAsync(OrganizationId? after, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {Columns} from organizations o
            where id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            order by id desc limit $2
            """,
            Map, cancellationToken, after?.Value, count);

    public Task<OrganizationDetails?> FindAsync(OrganizationId organization, CancellationToken cancellationToken) =>
        database.QuerySingleAsync($"select {Columns} from organizations o where id = $1", Map, cancellationToken, organization.Value);

    /// <summary>Suspends or resumes; null when there is no such organization.</summary>
    public Task<OrganizationDetails?> SetSuspendedAsync(OrganizationId organization, bool suspended, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"""
            update organizations o
            set status = case when $2 then 'suspended' else 'active' end,
                suspended_at = case when $2 then coalesce(suspended_at, now()) end
            where id = $1
            returning {Columns}
            """,
            Map, cancellationToken, organization.Value, suspended);

    /// <summary>Switches billing on or off, and notes whether there is a payment method; null leaves either as it is.</summary>
    public Task SetBillingAsync(OrganizationId organization, bool? enabled, bool? hasPaymentMethod, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            update organizations
            set billing_enabled = coalesce($2::boolean, billing_enabled), has_payment_method = coalesce($3::boolean, has_payment_method)
            where id = $1
            """, cancellationToken, organization.Value, enabled, hasPaymentMethod);

    private static OrganizationDetails Map(NpgsqlDataReader row) => new(
        new OrganizationId(row.GetGuid(0)), row.GetString(1), row.GetBoolean(2), row.GetFieldValue<DateTimeOffset>(3),
        row.GetValueOrNull<DateTimeOffset>(4), row.GetInt64(5));
}

/// <param name="ActiveKeys">How many keys could be used, were the organization active.</param>
public sealed record OrganizationDetails(
    OrganizationId Id, string Name, bool IsSuspended, DateTimeOffset CreatedAt, DateTimeOffset? SuspendedAt, long ActiveKeys);
