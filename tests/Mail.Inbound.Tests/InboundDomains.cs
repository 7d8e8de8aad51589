using Mail.Core.Organizations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Mail.Inbound.Tests;

/// <summary>Inbound domains of organizations of their own, and what came for them.</summary>
internal static class InboundDomains
{
    private static int _names;

    public static async Task<(OrganizationId Organization, string Domain)> AddAsync(
        IServiceProvider services, NpgsqlDataSource database, string status = "verified")
    {
        var domain = $"in{Interlocked.Increment(ref _names)}.test";
        var organization = (await services.GetRequiredService<OrganizationStore>().CreateAsync(domain, CancellationToken.None))!.Value;
        await using var add = database.CreateCommand(
            "insert into inbound_domains (organization_id, id, name, status, verified_at) values ($1, uuidv7(), $2, $3, now())");
        add.Parameters.AddWithValue(organization.Value);
        add.Parameters.AddWithValue(domain);
        add.Parameters.AddWithValue(status);
        await add.ExecuteNonQueryAsync();
        return (organization, domain);
    }
}
