using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Assets;

public sealed class UploadStore(NpgsqlDataSource database)
{
    private const string Columns =
        """
        id, mode, status, bucket, key, original_name, mime_type, visibility, cache_control, metadata::text, file_size, max_bytes,
        asset_id, created_at, expires_at, expires_at - now()
        """;

    public async Task<UploadSession> CreateAsync(
        OrganizationId organization, UploadId id, UploadMode mode, AssetDescription description, long? fileSize, long maxBytes,
        TimeSpan lifetime, CancellationToken cancellationToken) =>
        (await database.QuerySingleAsync(
            $"""
            insert into upload_sessions (organization_id, id, mode, bucket, key, original_name, mime_type, visibility, cache_control,
                                         metadata, file_size, max_bytes, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, now() + $13)
            returning {Columns}
            """,
            Read, cancellationToken, organization.Value, id.Value, mode.ToText(), description.Bucket, description.Key, description.OriginalName,
            description.MimeType, description.Visibility.ToText(), description.CacheControl, description.Metadata, fileSize, maxBytes, lifetime))!;

    public Task<UploadSession?> FindAsync(OrganizationId organization, UploadId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns} from upload_sessions where organization_id = $1 and id = $2", Read, cancellationToken, organization.Value, id.Value);

    /// <summary>In the order of their numbers.</summary>
    public Task<List<UploadPart>> PartsAsync(OrganizationId organization, UploadId id, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select number, blob_name, size, sha256, received_at from upload_parts
            where organization_id = $1 and session_id = $2 order by number
            """,
            row => new UploadPart(row.GetInt32(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<DateTimeOffset>(4)),
            cancellationToken, organization.Value, id.Value);

    /// <summary>
    /// Notes a part whose bytes are durable; it takes the place of an earlier one with its number. False when the session is not
    /// open any more. The bytes stay announced for deletion: they are needed only until the session is over.
    /// </summary>
    public async Task<bool> PutPartAsync(
        OrganizationId organization, UploadId session, int number, WrittenBlob blob, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            insert into upload_parts (organization_id, session_id, number, blob_name, size, sha256)
            select organization_id, id, $3, $4, $5, $6 from upload_sessions
            where organization_id = $1 and id = $2 and status = 'open' and expires_at > now() for share
            on conflict (organization_id, session_id, number) do update set
                blob_name = excluded.blob_name, size = excluded.size, sha256 = excluded.sha256, received_at = now()
            """,
            cancellationToken, organization.Value, session.Value, number, blob.Name, blob.Size, blob.Sha256) == 1;

    /// <summary>Makes the asset of a session's bytes. Whoever completes it first wins; the others find what that one made.</summary>
    public async Task<UploadCompletion> CompleteAsync(
        OrganizationId organization, UploadSession session, AssetId id, WrittenBlob blob, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var open = new NpgsqlCommand(
            "select status from upload_sessions where organization_id = $1 and id = $2 for update", connection).With(organization.Value, session.Id.Value))
        {
            var status = (string?)await open.ExecuteScalarAsync(cancellationToken);
            if (status is null || UploadTexts.ParseStatus(status) == UploadStatus.Canceled)
                return new UploadCompletion.Canceled();
            if (UploadTexts.ParseStatus(status) == UploadStatus.Completed)
                return new UploadCompletion.Earlier();
        }
        if (await AssetStore.PutAsync(connection, organization, id, session.Description, blob, keepFor, cancellationToken) is not { } asset)
            return new UploadCompletion.TooSlow();
        await using (var done = new NpgsqlCommand(
            "update upload_sessions set status = 'completed', asset_id = $3 where organization_id = $1 and id = $2", connection)
            .With(organization.Value, session.Id.Value, asset.Id.Value))
            await done.ExecuteNonQueryAsync(cancellationToken);
        await DropPartsAsync(connection, organization, session.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new UploadCompletion.Completed(asset);
    }

    /// <summary>False when there is no such session, or it is completed.</summary>
    public async Task<bool> CancelAsync(OrganizationId organization, UploadId id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var cancel = new NpgsqlCommand(
            "update upload_sessions set status = 'canceled' where organization_id = $1 and id = $2 and status <> 'completed'", connection)
            .With(organization.Value, id.Value);
        if (await cancel.ExecuteNonQueryAsync(cancellationToken) == 0)
            return false;
        await DropPartsAsync(connection, organization, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Sessions, keys and addresses that are out of date. Works across organizations. Returns how many sessions went.</summary>
    public Task<int> DeleteExpiredAsync(int count, TimeSpan grace, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        with keys as (
            delete from asset_idempotency_keys k using (
                select organization_id, key from asset_idempotency_keys where expires_at < now() order by expires_at limit $1 for update skip locked
            ) o where k.organization_id = o.organization_id and k.key = o.key
        ), links as (
            delete from asset_links l using (
                select organization_id, id from asset_links where expires_at < now() order by expires_at limit $1 for update skip locked
            ) o where l.organization_id = o.organization_id and l.id = o.id
        )
        delete from upload_sessions s using (
            select organization_id, id from upload_sessions where expires_at < now() - $2 order by expires_at limit $1 for update skip locked
        ) o where s.organization_id = o.organization_id and s.id = o.id
        """,
        cancellationToken, count, grace);

    private static async Task DropPartsAsync(
        NpgsqlConnection connection, OrganizationId organization, UploadId id, CancellationToken cancellationToken)
    {
        await using var drop = new NpgsqlCommand(
            """
            with gone as (delete from upload_parts where organization_id = $1 and session_id = $2 returning blob_name)
            update blob_trash t set delete_at = now() from gone where t.name = gone.blob_name
            """, connection).With(organization.Value, id.Value);
        await drop.ExecuteNonQueryAsync(cancellationToken);
    }

    private static UploadSession Read(NpgsqlDataReader row) => new(
        new UploadId(row.GetGuid(0)), UploadTexts.TryParseMode(row.GetString(1))!.Value, UploadTexts.ParseStatus(row.GetString(2)),
        new AssetDescription(row.GetString(3), row.GetStringOrNull(4), row.GetString(5), row.GetString(6),
            AssetVisibilityText.Parse(row.GetString(7)), row.GetStringOrNull(8), row.GetStringOrNull(9)),
        row.GetValueOrNull<long>(10), row.GetInt64(11), row.GetValueOrNull<Guid>(12) is { } asset ? new AssetId(asset) : null,
        row.GetFieldValue<DateTimeOffset>(13), row.GetFieldValue<DateTimeOffset>(14), row.GetFieldValue<TimeSpan>(15));
}

public abstract record UploadCompletion
{
    private UploadCompletion()
    {
    }

    public sealed record Completed(Asset Asset) : UploadCompletion;

    /// <summary>Another request completed it.</summary>
    public sealed record Earlier : UploadCompletion;

    public sealed record Canceled : UploadCompletion;

    /// <summary>The upload took longer than its bytes were kept for it.</summary>
    public sealed record TooSlow : UploadCompletion;
}
