using Mail.Core.Ids;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Organizations;

public sealed class OrganizationStore(NpgsqlDataSource database, TimeProvider clock)
{
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
}
