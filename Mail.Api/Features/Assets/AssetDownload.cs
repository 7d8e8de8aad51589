using System.Buffers;
using System.Globalization;
using Mail.Core.Assets;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Mail.Api.Features.Assets;

/// <summary>
/// Sends the bytes of an asset, or one range of them. Anybody may have uploaded anything: the type is what was said and not what a
/// browser finds in the bytes, nothing but pictures is shown in place, and no script of a file runs as ours.
/// </summary>
internal sealed class AssetDownload(BlobBytes bytes)
{
    private const int BufferBytes = 64 * 1024;
    private static readonly string[] _shown = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

    public async Task WriteAsync(HttpContext context, Asset asset, bool isPublic, CancellationToken cancellationToken)
    {
        var request = context.Request.GetTypedHeaders();
        var etag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(asset.Sha256)}\"");
        SetHeaders(context.Response, asset, etag, isPublic);
        if (request.IfNoneMatch is { Count: > 0 } known && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var (offset, length, status) = RangeOf(request, etag, asset.Size);
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status416RangeNotSatisfiable)
        {
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{asset.Size}");
            context.Response.ContentLength = 0;
            return;
        }
        if (status == StatusCodes.Status206PartialContent)
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + length - 1}/{asset.Size}");
        context.Response.ContentLength = length;
        if (length > 0 && HttpMethods.IsGet(context.Request.Method))
            await CopyAsync(asset, offset, length, context.Response.Body, cancellationToken);
    }

    private static void SetHeaders(HttpResponse response, Asset asset, EntityTagHeaderValue etag, bool isPublic)
    {
        var headers = response.Headers;
        response.ContentType = asset.MimeType;
        headers.ETag = etag.ToString();
        headers.AcceptRanges = "bytes";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = isPublic ? "cross-origin" : "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = isPublic ? asset.CacheControl ?? "public, max-age=300" : "private, no-store";
        var disposition = new ContentDispositionHeaderValue(_shown.Contains(asset.MimeType) ? "inline" : "attachment");
        // RFC 6266 §4.3: filename* carries what ASCII cannot.
        disposition.SetHttpFileName(asset.OriginalName);
        headers.ContentDisposition = disposition.ToString();
    }

    // One range; several would be several parts, and who asks for them may as well have it all (RFC 9110 §14.2).
    private static (long Offset, long Length, int Status) RangeOf(RequestHeaders request, EntityTagHeaderValue etag, long size)
    {
        if (request.Range is not { Unit.Value: "bytes", Ranges: { Count: 1 } ranges } || !IsFresh(request.IfRange, etag))
            return (0, size, StatusCodes.Status200OK);
        var range = ranges.First();
        var first = range.From ?? Math.Max(0, size - range.To!.Value);
        var last = range.From is null ? size - 1 : Math.Min(range.To ?? size - 1, size - 1);
        return first >= size || last < first
            ? (0, 0, StatusCodes.Status416RangeNotSatisfiable)
            : (first, last - first + 1, StatusCodes.Status206PartialContent);
    }

    private static bool IsFresh(RangeConditionHeaderValue? condition, EntityTagHeaderValue etag) =>
        condition is null || (condition.EntityTag is { } tag && tag.Compare(etag, useStrongComparison: true));

    private async Task CopyAsync(Asset asset, long offset, long length, Stream target, CancellationToken cancellationToken)
    {
        await using var source = await bytes.OpenAsync(asset.BlobName, offset, length, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
