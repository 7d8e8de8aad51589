using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Mail.Core.Assets;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Assets;

public sealed class BlobStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(3);
    private static int _names;
    private readonly BlobStore _store = new(database.DataSource);
    private BlobBytes _bytes = null!;
    private AttachmentBlobs _attachments = null!;
    private OrganizationId _organization;

    public async Task InitializeAsync()
    {
        _bytes = new BlobBytes(new BlobServiceClient((await AzuriteServer.SharedAsync()).ConnectionString), _store, TimeProvider.System);
        _attachments = new AttachmentBlobs(_bytes, _store, new AssetStore(database.DataSource), Options.Create(new AssetOptions()));
        _organization = (await new OrganizationStore(database.DataSource, TimeProvider.System)
            .CreateAsync($"blobs {Interlocked.Increment(ref _names)}", default))!.Value;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Bytes_are_hashed_and_counted_on_their_way()
    {
        var content = RandomNumberGenerator.GetBytes(9_000_000);
        var blob = await WriteAsync(content);
        Assert.Equal(SHA256.HashData(content), blob.Sha256);
        Assert.Equal(content.Length, blob.Size);
        Assert.Equal(content, await ReadAsync(blob.Name));
    }

    [Fact]
    public async Task More_than_allowed_is_not_read_and_goes_at_once()
    {
        Assert.Null(await _bytes.WriteAsync(_organization, new MemoryStream(new byte[5_000_001]), 5_000_000, Long, default));
        var deleted = await EmptyTrashAsync();
        Assert.Single(deleted);
        Assert.StartsWith(_organization.ToString(), deleted[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_of_an_upload_that_died_are_deleted_in_their_time()
    {
        var blob = await WriteAsync([1, 2, 3], TimeSpan.Zero);
        Assert.Equal([blob.Name], await EmptyTrashAsync());
        Assert.Empty(await EmptyTrashAsync());
    }

    [Fact]
    public async Task Adopted_bytes_are_not_deleted_however_old_they_are()
    {
        var blob = await WriteAsync([1, 2, 3], TimeSpan.Zero);
        Assert.Equal(blob.Name, await _store.AdoptAsync(_organization, blob, Long, default));
        Assert.Empty(await EmptyTrashAsync());
    }

    [Fact]
    public async Task An_upload_that_is_slower_than_its_announcement_gets_no_row()
    {
        var blob = await WriteAsync([1, 2, 3], TimeSpan.Zero);
        await EmptyTrashAsync();
        Assert.Null(await _store.AdoptAsync(_organization, blob, Long, default));
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from blobs where organization_id = $1", _organization.Value));
    }

    [Fact]
    public async Task Equal_bytes_are_kept_once_under_the_first_name()
    {
        var (first, second) = (await WriteAsync([7]), await WriteAsync([7]));
        Assert.Equal(first.Name, await _store.AdoptAsync(_organization, first, Long, default));
        Assert.Equal(first.Name, await _store.AdoptAsync(_organization, second, Long, default));
        await _store.DiscardAsync(second.Name, default);
        Assert.Equal([second.Name], await EmptyTrashAsync());
        Assert.Equal([7], await ReadAsync(first.Name));
    }

    [Fact]
    public async Task What_is_kept_no_longer_is_collected_and_what_is_kept_is_not()
    {
        var (over, kept) = (await WriteAsync([1]), await WriteAsync([2]));
        await _store.AdoptAsync(_organization, over, TimeSpan.Zero, default);
        await _store.AdoptAsync(_organization, kept, Long, default);

        await _store.CollectAsync(1000, TimeSpan.Zero, default);

        Assert.Equal([over.Name], await EmptyTrashAsync());
    }

    [Fact]
    public async Task What_an_asset_has_is_not_collected()
    {
        var blob = await WriteAsync([3]);
        var description = new AssetDescription("b", "k", "n", "a/b", AssetVisibility.Private, null, null);
        var id = Mail.Core.Ids.PrefixedId.New<AssetId>(TimeProvider.System);
        Assert.IsType<AssetPut.Stored>(await new AssetStore(database.DataSource).PutAsync(_organization, id, description, blob, TimeSpan.Zero, null, default));

        await _store.CollectAsync(1000, TimeSpan.Zero, default);
        Assert.Empty(await EmptyTrashAsync());

        await new AssetStore(database.DataSource).DeleteAsync(_organization, id, null, default);
        await database.ExecuteAsync("update blobs set kept_until = now() where organization_id = $1", _organization.Value);
        await _store.CollectAsync(1000, TimeSpan.Zero, default);
        Assert.Equal([blob.Name], await EmptyTrashAsync());
    }

    [Fact]
    public async Task Keeping_longer_is_written_down_once_in_a_while()
    {
        var blob = await WriteAsync([4]);
        await _store.AdoptAsync(_organization, blob, TimeSpan.FromMinutes(1), default);
        var first = await KeptUntilAfterKeepingAsync(blob);
        var second = await KeptUntilAfterKeepingAsync(blob);
        Assert.Equal(first, second);
        Assert.Empty(await _store.KeepAsync(_organization, [SHA256.HashData("unknown"u8)], Long, default));
    }

    // Whatever the order: what StoreAsync returned must be readable until the time it asked for.
    [Fact]
    public async Task Storing_the_same_bytes_while_they_are_collected_never_leaves_a_message_without_them()
    {
        var stop = new CancellationTokenSource();
        var deleted = new ConcurrentBag<string>();
        var collecting = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await database.ExecuteAsync(
                    "update blobs set kept_until = now() where organization_id = $1 and kept_until < now() + interval '1 day'", _organization.Value);
                await _store.CollectAsync(100, TimeSpan.Zero, default);
                foreach (var name in await EmptyTrashAsync())
                    deleted.Add(name);
            }
        })).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                // Kept for seconds, so that the collectors take it; every fourth time for long, and then it must stay.
                var content = new byte[] { 9, (byte)(i % 5) };
                var keep = i % 4 == writer % 4;
                var stored = await _attachments.StoreAsync(
                    _organization, [new OutgoingAttachment("a", null, null, content)], keep ? Long : TimeSpan.Zero, default);
                if (keep)
                    Assert.Equal(content, await ReadAsync(Assert.IsType<AttachmentsOutcome.Stored>(stored).Attachments[0].Blob!));
            }
        })));
        await stop.CancelAsync();
        await Task.WhenAll(collecting);

        var kept = await database.RowsAsync(
            "select name from blobs where organization_id = $1 and kept_until > now() + interval '2 days'", row => row.GetString(0), _organization.Value);
        Assert.Equal(5, kept.Count);
        Assert.All(kept, name => Assert.DoesNotContain(name, deleted));
        foreach (var name in kept)
            Assert.Equal(2, (await ReadAsync(name)).Length);
    }

    private async Task<DateTimeOffset> KeptUntilAfterKeepingAsync(WrittenBlob blob)
    {
        Assert.Equal(blob.Name, Assert.Single(await _store.KeepAsync(_organization, [blob.Sha256], Long, default)).Name);
        return await database.ValueAsync<DateTimeOffset>("select kept_until from blobs where organization_id = $1", _organization.Value);
    }

    private async Task<WrittenBlob> WriteAsync(byte[] content, TimeSpan? lifetime = null) =>
        (await _bytes.WriteAsync(_organization, new MemoryStream(content), long.MaxValue, lifetime ?? Long, default))!;

    private async Task<byte[]> ReadAsync(string name)
    {
        await using var stream = await _bytes.OpenAsync(name);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    /// <summary>The names of this test's organization that were due, deleted.</summary>
    private async Task<List<string>> EmptyTrashAsync()
    {
        var deleted = new List<string>();
        await _store.EmptyTrashAsync(1000, async name =>
        {
            await _bytes.DeleteAsync(name, default);
            deleted.Add(name);
        }, default);
        return [.. deleted.Where(name => name.StartsWith(_organization.ToString(), StringComparison.Ordinal))];
    }
}
