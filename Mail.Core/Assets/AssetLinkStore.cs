using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Assets;

/// <summary>Signed addresses with a limited number of downloads.</summary>
public sealed class AssetLinkStore(NpgsqlDataSource database)
{
    public Task CreateAsync(
        OrganizationId organization, AssetLinkId id, AssetId asset, int downloads, TimeSpan lifetime, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "insert into asset_links (organization_id, id, asset_id, downloads_left, expires_at) values ($1, $2, $3, $4, now() + $5)",
            cancellationToken, organization.Value, id.Value, asset.Value, downloads, lifetime);

    /// <summary>Takes one of the downloads that are left; false when none is.</summary>
    public async Task<bool> TakeAsync(OrganizationId organization, AssetLinkId id, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            update asset_links set downloads_left = downloads_left - 1
            where organization_id = $1 and id = $2 and downloads_left > 0 and expires_at > now()
            """,
            cancellationToken, organization.Value, id.Value) == 1;
}
