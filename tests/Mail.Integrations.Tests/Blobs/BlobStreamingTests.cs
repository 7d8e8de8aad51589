using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Blobs;

[Collection(Alone.Name)]
public sealed class BlobStreamingTests
{
    private const int Megabyte = 1024 * 1024;
    private const int Length = 100 * Megabyte;

    [Fact]
    public async Task A_hundred_megabytes_go_up_and_come_down_with_flat_memory()
    {
        var box = await BoxAsync("large");
        var blob = box.GetBlobClient("large");
        await box.GetBlobClient("warm-up").UploadAsync(new PatternStream(9 * Megabyte));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await blob.UploadAsync(new PatternStream(Length));
        Assert.Equal(Length, (await blob.GetPropertiesAsync()).Value.ContentLength);
        using var download = (await blob.DownloadStreamingAsync()).Value;
        var hash = await SHA256.HashDataAsync(download.Content);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(await SHA256.HashDataAsync(new PatternStream(Length)), hash);
        // Buffering the content once would be 100 MB.
        Assert.InRange(allocated, 0, 50 * Megabyte);
    }

    [Fact]
    public async Task A_blocked_upload_keeps_the_condition_too()
    {
        var blob = (await BoxAsync("conditions")).GetBlobClient("twice");
        await blob.UploadAsync(new PatternStream(9 * Megabyte));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => blob.UploadAsync(new PatternStream(10 * Megabyte)));
        Assert.Equal(409, refused.Status);
        Assert.Equal(9 * Megabyte, (await blob.GetPropertiesAsync()).Value.ContentLength);
    }

    [Fact]
    public async Task Content_of_exactly_one_block_is_stored_whole()
    {
        var blob = (await BoxAsync("exact")).GetBlobClient("exact");
        await blob.UploadAsync(new PatternStream(4 * Megabyte));
        Assert.Equal(4 * Megabyte, (await blob.GetPropertiesAsync()).Value.ContentLength);
    }

    [Fact]
    public async Task An_upload_whose_source_fails_leaves_no_blob()
    {
        var blob = (await BoxAsync("broken")).GetBlobClient("half");
        await Assert.ThrowsAsync<IOException>(() => blob.UploadAsync(new PatternStream(9 * Megabyte, failAt: 6 * Megabyte)));
        Assert.False((await blob.ExistsAsync()).Value);
    }

    [Fact]
    public async Task A_range_of_a_large_blob_is_read_without_the_rest()
    {
        var blob = (await BoxAsync("ranges")).GetBlobClient("large");
        await blob.UploadAsync(new PatternStream(9 * Megabyte));
        using var download = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(5 * Megabyte, 1000) })).Value;
        using var copy = new MemoryStream();
        await download.Content.CopyToAsync(copy);
        Assert.Equal(1000, copy.Length);
        Assert.Equal(PatternStream.At(5 * Megabyte), copy.ToArray()[0]);
        Assert.Equal(PatternStream.At((5 * Megabyte) + 999), copy.ToArray()[999]);
    }

    private static async Task<BlobContainerClient> BoxAsync(string name)
    {
        var box = new BlobServiceClient((await AzuriteServer.SharedAsync()).ConnectionString).GetBlobContainerClient("stream-" + name);
        await box.CreateIfNotExistsAsync();
        return box;
    }

    /// <summary>Bytes that depend on their place, made as they are read.</summary>
    private sealed class PatternStream(long length, long failAt = long.MaxValue) : Stream
    {
        private long _position;

        public static byte At(long position) => (byte)((position * 31) ^ (position >> 12));

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_position >= failAt) throw new IOException("the source broke");
            // In odd pieces, as a network would.
            var count = (int)Math.Min(Math.Min(buffer.Length, 70_001), length - _position);
            for (var i = 0; i < count; i++) buffer[i] = At(_position + i);
            _position += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
