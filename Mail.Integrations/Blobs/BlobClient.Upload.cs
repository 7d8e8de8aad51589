using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs;

public sealed partial class BlobClient
{
    private const int BlockBytes = 4 * 1024 * 1024;

    // The service's own limit on committed blocks.
    private const int MaxBlocks = 50_000;

    /// <exception cref="RequestFailedException">409 <c>BlobAlreadyExists</c> when the blob is there and <paramref name="overwrite"/> is false.</exception>
    public Task<Response<BlobContentInfo>> UploadAsync(Stream content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        UploadAsync(content, new BlobUploadOptions { Conditions = overwrite ? null : new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellationToken);

    public Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        UploadAsync(content.ToStream(), overwrite, cancellationToken);

    /// <summary>
    /// Uploads what is left of the stream. Up to 4 MB go in one request; more is staged in blocks and committed at the end, so that
    /// memory stays at one block and nobody sees half a blob.
    /// </summary>
    /// <exception cref="RequestFailedException">
    /// 409/412: the conditions are not met. With <c>IfNoneMatch</c> this can also be the echo of an attempt of this call whose answer was lost.
    /// </exception>
    public Task<Response<BlobContentInfo>> UploadAsync(Stream content, BlobUploadOptions options, CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("upload", async () =>
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
            var filled = await content.ReadAtLeastAsync(buffer.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellationToken);
            var response = filled < BlockBytes
                ? await PutBlobAsync(buffer.AsMemory(0, filled), options, cancellationToken)
                : await PutBlocksAsync(content, buffer, options, cancellationToken);
            // Not in a finally: after a failure the transport may still be reading from it.
            ArrayPool<byte>.Shared.Return(buffer);
            return Response.FromValue(new BlobContentInfo(response.Headers.ETag ?? default), response);
        });

    private Task<Response> PutBlobAsync(ReadOnlyMemory<byte> content, BlobUploadOptions options, CancellationToken cancellationToken)
    {
        var message = _requests.Create(RequestMethod.Put, Uri);
        message.Request.Headers.SetValue("x-ms-blob-type", "BlockBlob");
        message.Request.Content = RequestContent.Create(content);
        options.AddTo(message.Request);
        return SendAndDisposeAsync(message, cancellationToken);
    }

    private async Task<Response> PutBlocksAsync(Stream content, byte[] buffer, BlobUploadOptions options, CancellationToken cancellationToken)
    {
        // Uncommitted blocks belong to the blob, not to the upload: a random part keeps two uploads of one blob apart.
        var upload = RandomNumberGenerator.GetHexString(16);
        var ids = new List<string>();
        for (var filled = BlockBytes; filled > 0;)
        {
            if (ids.Count == MaxBlocks) throw new ArgumentException("The content is larger than a blob can be.", nameof(content));
            var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(upload + ids.Count.ToString("D8", CultureInfo.InvariantCulture)));
            ids.Add(id);
            var message = _requests.Create(RequestMethod.Put, Uri, ("comp", "block"), ("blockid", id));
            message.Request.Content = RequestContent.Create(buffer.AsMemory(0, filled));
            await SendAndDisposeAsync(message, cancellationToken);
            filled = await content.ReadAtLeastAsync(buffer.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellationToken);
        }
        return await CommitAsync(ids, options, cancellationToken);
    }

    private Task<Response> CommitAsync(List<string> ids, BlobUploadOptions options, CancellationToken cancellationToken)
    {
        var list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        foreach (var id in ids) list.Append("<Latest>").Append(id).Append("</Latest>");
        list.Append("</BlockList>");
        var message = _requests.Create(RequestMethod.Put, Uri, ("comp", "blocklist"));
        message.Request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(list.ToString()));
        message.Request.Headers.SetValue("Content-Type", "application/xml");
        options.AddTo(message.Request);
        return SendAndDisposeAsync(message, cancellationToken);
    }

    private async Task<Response> SendAndDisposeAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        using (message) return await _requests.SendAsync(message, cancellationToken);
    }
}
