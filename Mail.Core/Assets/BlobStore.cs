using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Assets;

/// <summary>
/// The record of what blob storage holds: which name has which bytes, how long they are kept, and what is to be deleted.
/// Nothing is referenced before its bytes are durable, and nothing that is referenced is deleted:
/// </summary>
/// <remarks>
/// <para>An upload announces its name, writes, and only then gets a row (<see cref="Adopt"/>). If the organization has the same
/// bytes already, that row is kept instead, and the new name stays announced for deletion.</para>
/// <para>Whoever starts to need bytes moves <c>kept_until</c> ahead under the lock of their row, and commits that before (or with)
/// what refers to them. Collecting locks a row, looks at <c>kept_until</c> as it is then, and deletes the row; so either the
/// collector sees that it is needed and passes, or the other finds no row, and writes the bytes again under a new name.</para>
/// <para>Bytes are deleted only after the commit that took their row away, and by a name that is never written again. An
/// upload that is slower than its announcement is refused when it wants its row.</para>
/// </remarks>
public sealed class BlobStore(NpgsqlDataSource database)
{
    /// <summary>Longer than asked, so that a file sent many times is written down once in a while and read otherwise.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(6);

    /// <summary>What belongs to an asset is not looked at again for so long.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(7);

    /// <summary>Says that bytes will be written under a name, to be deleted after that time unless they are adopted.</summary>
    public Task AnnounceAsync(string name, TimeSpan lifetime, CancellationToken cancellationToken) =>
        database.ExecuteAsync("insert into blob_trash (name, delete_at) values ($1, now() + $2)", cancellationToken, name, lifetime);

    /// <summary>Bytes that nobody will want are deleted at once instead of in their time.</summary>
    public Task DiscardAsync(string name, CancellationToken cancellationToken) =>
        database.ExecuteAsync("update blob_trash set delete_at = now() where name = $1", cancellationToken, name);

    /// <summary>
    /// Gives written bytes their row, or finds the one that is there, and keeps them for the time given. Returns the name to read
    /// them by and whether it is safe: false when the upload took longer than its announcement.
    /// </summary>
    internal static NpgsqlBatchCommand Adopt(OrganizationId organization, WrittenBlob blob, TimeSpan keepFor) => Batched.Command(
        """
        with adopted as (
            insert into blobs (organization_id, sha256, name, size, kept_until) values ($1, $2, $3, $4, now() + $5)
            on conflict (organization_id, sha256) do update set kept_until = greatest(blobs.kept_until, excluded.kept_until)
            returning name
        ), announced as (
            delete from blob_trash t using adopted where t.name = adopted.name returning t.name
        )
        select name, name <> $3 or exists (select from announced) from adopted
        """,
        new() { Value = organization.Value }, new() { Value = blob.Sha256 }, new() { Value = blob.Name },
        new() { Value = blob.Size }, new() { Value = keepFor });

    /// <summary>As <see cref="Adopt"/>, by itself. Null when the upload took too long.</summary>
    public async Task<string?> AdoptAsync(OrganizationId organization, WrittenBlob blob, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var name = await AdoptAsync(connection, organization, blob, keepFor, cancellationToken);
        if (name is not null)
            await transaction.CommitAsync(cancellationToken);
        return name;
    }

    /// <summary>Within the caller's transaction, which must not be committed when the answer is null.</summary>
    internal static async Task<string?> AdoptAsync(
        NpgsqlConnection connection, OrganizationId organization, WrittenBlob blob, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Adopt(organization, blob, keepFor) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(1) ? reader.GetString(0) : null;
    }

    /// <summary>
    /// Keeps bytes for at least the time given, from now. Those that are not in the answer are not there (any more).
    /// </summary>
    public async Task<List<KeptBlob>> KeepAsync(
        OrganizationId organization, IReadOnlyCollection<byte[]> hashes, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        // kept_until only grows, so what is far enough ahead once stays so.
        var kept = await database.QueryAsync(
            "select sha256, name, size from blobs where organization_id = $1 and sha256 = any($2) and kept_until >= now() + $3",
            ReadKept, cancellationToken, organization.Value, hashes.ToArray(), keepFor);
        var known = kept.Select(blob => Convert.ToHexString(blob.Sha256)).ToHashSet();
        var rest = hashes.Where(hash => !known.Contains(Convert.ToHexString(hash))).ToArray();
        if (rest.Length > 0)
            kept.AddRange(await ExtendAsync(organization, rest, keepFor + Slack, cancellationToken));
        return kept;
    }

    // Locked in one order, so that two messages with the same attachments do not wait for each other crosswise.
    private Task<List<KeptBlob>> ExtendAsync(
        OrganizationId organization, byte[][] hashes, TimeSpan keepFor, CancellationToken cancellationToken) => database.QueryAsync(
        """
        with locked as (
            select organization_id, sha256 from blobs where organization_id = $1 and sha256 = any($2) order by sha256 for no key update
        )
        update blobs b set kept_until = greatest(b.kept_until, now() + $3)
        from locked l where b.organization_id = l.organization_id and b.sha256 = l.sha256
        returning b.sha256, b.name, b.size
        """,
        ReadKept, cancellationToken, organization.Value, hashes, keepFor);

    /// <summary>
    /// Takes the rows of up to <paramref name="count"/> blobs away that are kept no longer and belong to no asset; their bytes follow
    /// after the delay, so that whoever reads them just now comes to the end. Returns how many. Works across organizations.
    /// </summary>
    public Task<int> CollectAsync(int count, TimeSpan delay, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        with over as (
            select b.organization_id, b.sha256, exists (
                select from assets a where a.organization_id = b.organization_id and a.sha256 = b.sha256
            ) as needed
            from blobs b where b.kept_until < now() order by b.kept_until limit $1 for update skip locked
        ), later as (
            update blobs b set kept_until = now() + $2 from over o
            where o.needed and b.organization_id = o.organization_id and b.sha256 = o.sha256
            returning b.name
        ), gone as (
            delete from blobs b using over o
            where not o.needed and b.organization_id = o.organization_id and b.sha256 = o.sha256
            returning b.name
        )
        insert into blob_trash (name, delete_at)
        select name, now() + $3 from gone
        """,
        cancellationToken, count, LookAgain, delay);

    /// <summary>
    /// Has up to <paramref name="count"/> names deleted that are due, and forgets those that were. Returns how many were due.
    /// </summary>
    public async Task<int> EmptyTrashAsync(int count, Func<string, Task> delete, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var names = new List<string>();
        await using (var due = new NpgsqlCommand(
            "select name from blob_trash where delete_at <= now() order by delete_at limit $1 for update skip locked", connection).With(count))
        await using (var reader = await due.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                names.Add(reader.GetString(0));
        }
        // The rows stay locked meanwhile: an upload that wants its row now waits, and learns that it came too late.
        foreach (var name in names)
            await delete(name);
        await using (var forget = new NpgsqlCommand("delete from blob_trash where name = any($1)", connection).With(names))
            await forget.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return names.Count;
    }

    private static KeptBlob ReadKept(NpgsqlDataReader row) => new(row.GetFieldValue<byte[]>(0), row.GetString(1), row.GetInt64(2));
}

/// <summary>Bytes that are durable in blob storage and not yet anybody's.</summary>
public sealed record WrittenBlob(string Name, byte[] Sha256, long Size);

/// <summary>Bytes that are kept for as long as was asked.</summary>
public sealed record KeptBlob(byte[] Sha256, string Name, long Size);
