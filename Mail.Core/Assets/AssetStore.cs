using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Assets;

public sealed class AssetStore(NpgsqlDataSource database)
{
    private const string Columns =
        """
        a.id, a.bucket, a.key, a.original_name, a.mime_type, a.size, a.sha256, a.visibility, a.cache_control, a.metadata::text,
        a.generation, a.revision, a.created_at, a.updated_at
        """;

    public Task<Asset?> FindAsync(OrganizationId organization, AssetId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"""
            select {Columns}, b.name from assets a
            join blobs b on b.organization_id = a.organization_id and b.sha256 = a.sha256
            where a.organization_id = $1 and a.id = $2
            """,
            Read, cancellationToken, organization.Value, id.Value);

    /// <summary>Newest first.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    public Task<List<Asset>> ListAsync(
        OrganizationId organization, string? bucket, string? prefix, AssetId? before, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {Columns}, b.name from assets a
            join blobs b on b.organization_id = a.organization_id and b.sha256 = a.sha256
            where a.organization_id = $1 and ($2::text is null or a.bucket = $2) and ($3::text is null or starts_with(a.key, $3))
              and ($4::uuid is null or a.id < $4)
            order by a.id desc limit $5
            """,
            Read, cancellationToken, organization.Value, bucket, prefix, before?.Value, count);

    /// <summary>The assets and, by their sessions, the finished uploads of an organization with those ids.</summary>
    public Task<List<(Guid Id, byte[] Sha256, long Size, string MimeType)>> FindContentsAsync(
        OrganizationId organization, Guid[] assets, Guid[] uploads, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select a.id, a.sha256, a.size, a.mime_type from assets a where a.organization_id = $1 and a.id = any($2)
            union all
            select s.id, a.sha256, a.size, a.mime_type from upload_sessions s
            join assets a on a.organization_id = s.organization_id and a.id = s.asset_id
            where s.organization_id = $1 and s.id = any($3)
            """,
            row => (row.GetGuid(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2), row.GetString(3)), cancellationToken,
            organization.Value, assets, uploads);

    /// <summary>The revision as it was, or null when the asset is not there or has another revision now.</summary>
    public async Task<AssetDeletion> DeleteAsync(OrganizationId organization, AssetId id, long? revision, CancellationToken cancellationToken)
    {
        var deleted = await database.ExecuteAsync(
            "delete from assets where organization_id = $1 and id = $2 and ($3::bigint is null or revision = $3)",
            cancellationToken, organization.Value, id.Value, revision);
        if (deleted == 1)
            return AssetDeletion.Deleted;
        return revision is not null && await FindAsync(organization, id, cancellationToken) is not null
            ? AssetDeletion.OtherRevision
            : AssetDeletion.NotFound;
    }

    /// <summary>
    /// Makes the asset of written bytes, or gives the one with this bucket and key its new content; with the bytes' own row in one
    /// transaction.
    /// </summary>
    /// <param name="id">The id of a new asset.</param>
    public async Task<AssetPut> PutAsync(
        OrganizationId organization, AssetId id, AssetDescription description, WrittenBlob blob, TimeSpan keepFor,
        IdempotentUpload? idempotent, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var asset = await PutAsync(connection, organization, id, description, blob, keepFor, cancellationToken);
        if (asset is null)
            return new AssetPut.TooSlow();
        if (idempotent is not null && !await RememberAsync(connection, organization, idempotent, asset.Id, cancellationToken))
            return new AssetPut.KeyTaken();
        await transaction.CommitAsync(cancellationToken);
        return new AssetPut.Stored(asset);
    }

    internal static async Task<Asset?> PutAsync(
        NpgsqlConnection connection, OrganizationId organization, AssetId id, AssetDescription description, WrittenBlob blob,
        TimeSpan keepFor, CancellationToken cancellationToken)
    {
        if (await BlobStore.AdoptAsync(connection, organization, blob, keepFor, cancellationToken) is not { } name)
            return null;
        await using var command = new NpgsqlCommand(
            $"""
            insert into assets as a (organization_id, id, bucket, key, original_name, mime_type, size, sha256, visibility, cache_control, metadata)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb)
            on conflict (organization_id, bucket, key) do update set
                original_name = excluded.original_name, mime_type = excluded.mime_type, size = excluded.size, sha256 = excluded.sha256,
                visibility = excluded.visibility, cache_control = excluded.cache_control, metadata = excluded.metadata,
                generation = a.generation + (a.sha256 <> excluded.sha256)::int, revision = a.revision + 1, updated_at = now()
            returning {Columns}, $12::text
            """, connection).With(
            organization.Value, id.Value, description.Bucket, description.Key ?? $"{id}/{description.OriginalName}", description.OriginalName,
            description.MimeType, blob.Size, blob.Sha256, description.Visibility.ToText(), description.CacheControl,
            description.Metadata, name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Read(reader);
    }

    /// <summary>What an earlier upload with the key made, while that is there, and the hash of its request.</summary>
    public Task<RememberedUpload?> FindRememberedAsync(OrganizationId organization, string key, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            """
            select k.request_hash, k.asset_id from asset_idempotency_keys k
            join assets a on a.organization_id = k.organization_id and a.id = k.asset_id
            where k.organization_id = $1 and k.key = $2 and k.expires_at > now()
            """,
            row => new RememberedUpload(row.GetFieldValue<byte[]>(0), new AssetId(row.GetGuid(1))), cancellationToken, organization.Value, key);

    // False while the key stands for another upload; waits for one that is just being written.
    private static async Task<bool> RememberAsync(
        NpgsqlConnection connection, OrganizationId organization, IdempotentUpload upload, AssetId asset, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into asset_idempotency_keys as held (organization_id, key, request_hash, asset_id, expires_at)
            values ($1, $2, $3, $4, now() + $5)
            on conflict (organization_id, key) do update set
                request_hash = excluded.request_hash, asset_id = excluded.asset_id, expires_at = excluded.expires_at
            where held.expires_at <= now()
               or not exists (select from assets a where a.organization_id = held.organization_id and a.id = held.asset_id)
            """, connection).With(organization.Value, upload.Key, upload.RequestHash, asset.Value, upload.Lifetime);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static Asset Read(NpgsqlDataReader row) => new(
        new AssetId(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5),
        row.GetFieldValue<byte[]>(6), AssetVisibilityText.Parse(row.GetString(7)), row.GetStringOrNull(8), row.GetStringOrNull(9),
        row.GetInt64(10), row.GetInt64(11), row.GetFieldValue<DateTimeOffset>(12), row.GetFieldValue<DateTimeOffset>(13), row.GetString(14));
}

public enum AssetDeletion
{
    Deleted,
    NotFound,

    /// <summary>It has changed since the caller read it.</summary>
    OtherRevision,
}

/// <summary>What became of written bytes.</summary>
public abstract record AssetPut
{
    private AssetPut()
    {
    }

    public sealed record Stored(Asset Asset) : AssetPut;

    /// <summary>The upload took longer than its bytes were kept for it.</summary>
    public sealed record TooSlow : AssetPut;

    /// <summary>The idempotency key was used by another upload meanwhile.</summary>
    public sealed record KeyTaken : AssetPut;
}

/// <summary>A key under which the result of an upload is to be remembered.</summary>
public sealed record IdempotentUpload(string Key, byte[] RequestHash, TimeSpan Lifetime);

public sealed record RememberedUpload(byte[] RequestHash, AssetId Asset);
