using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Secrets;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>Where mail goes by the operator's word instead of its MX hosts, or which sources it leaves from.</summary>
/// <param name="Organization">Null: of every organization.</param>
/// <param name="Domain">Null: to every recipient domain.</param>
/// <param name="Relay"><c>host:port</c>; null: as without this override.</param>
/// <param name="RelayTls">As <c>Mail:Delivery:SmarthostTls</c>.</param>
/// <param name="Pool">The sources to leave from; null: those of the default pool.</param>
public sealed record RouteOverride(
    OrganizationId? Organization, string? Domain, string? Relay, string? RelayTls, string? RelayUser, Secret? RelayPassword, string? Pool);

/// <summary>Overrides of routes. They are the operator's: organizations cannot see or change them.</summary>
public sealed class RouteStore(NpgsqlDataSource database, SecretBox secrets)
{
    /// <summary>For the rotation of master keys.</summary>
    public static SealedColumn SealedPasswords { get; } = new(
        "passwords of relays", "delivery_routes", "relay_password", ["organization_id", "domain"],
        row => Context(row.GetGuid(0), row.GetString(1)));

    /// <summary>All of them, the most special first.</summary>
    public Task<List<RouteOverride>> ListAsync(CancellationToken cancellationToken) => database.QueryAsync(
        """
        select organization_id, domain, relay, relay_tls, relay_user, relay_password, pool from delivery_routes
        order by (organization_id <> $1 and domain <> '') desc, domain <> '' desc, organization_id, domain
        """,
        row => Map(row), cancellationToken, Guid.Empty);

    public Task SaveAsync(RouteOverride route, CancellationToken cancellationToken)
    {
        var (organization, domain) = (route.Organization?.Value ?? Guid.Empty, route.Domain ?? "");
        return database.ExecuteAsync(
            """
            insert into delivery_routes (organization_id, domain, relay, relay_tls, relay_user, relay_password, pool)
            values ($1, $2, $3::text, $4::text, $5::text, $6::bytea, $7::text)
            on conflict (organization_id, domain) do update
                set relay = excluded.relay, relay_tls = excluded.relay_tls, relay_user = excluded.relay_user,
                    relay_password = excluded.relay_password, pool = excluded.pool
            """,
            cancellationToken, organization, domain, route.Relay, route.RelayTls, route.RelayUser,
            route.RelayPassword is { } password
                ? secrets.Seal(System.Text.Encoding.UTF8.GetBytes(password.Value), Context(organization, domain))
                : null,
            route.Pool);
    }

    public async Task<bool> DeleteAsync(OrganizationId? organization, string? domain, CancellationToken cancellationToken) =>
        await database.ExecuteAsync("delete from delivery_routes where organization_id = $1 and domain = $2", cancellationToken,
            organization?.Value ?? Guid.Empty, domain ?? "") > 0;

    private RouteOverride Map(NpgsqlDataReader row)
    {
        var (organization, domain) = (row.GetGuid(0), row.GetString(1));
        Secret? password = row.IsDBNull(5)
            ? null
            : new Secret(System.Text.Encoding.UTF8.GetString(secrets.Open(row.GetFieldValue<byte[]>(5), Context(organization, domain))));
        return new RouteOverride(
            organization == Guid.Empty ? null : new OrganizationId(organization), domain.Length == 0 ? null : domain,
            row.GetStringOrNull(2), row.GetStringOrNull(3), row.GetStringOrNull(4), password, row.GetStringOrNull(6));
    }

    private static string Context(Guid organization, string domain) => $"delivery_routes:{organization:D}:{domain}";
}
