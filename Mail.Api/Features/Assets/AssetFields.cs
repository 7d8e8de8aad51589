using System.Text.Json;
using System.Text.RegularExpressions;
using Mail.Api.Http;
using Mail.Core.Assets;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Mail.Api.Features.Assets;

/// <summary>What an upload says about its file, checked; from a form as from a JSON body.</summary>
internal sealed partial record AssetFields(
    string? Bucket, string? Key, string? Visibility, string? FileName, string? MimeType, string? CacheControl, JsonElement? Metadata)
{
    private const string DefaultBucket = "default";
    private const string DefaultName = "file";
    private const string UnknownType = "application/octet-stream";
    private const int MaxKey = 512;
    private const int MaxName = 255;
    private const int MaxCacheControl = 200;
    private const int MaxMetadata = 8 * 1024;

    private static readonly FileExtensionContentTypeProvider _types = new();

    public IEnumerable<FieldError> Check(AssetOptions options)
    {
        if (Bucket is not null && !BucketName().IsMatch(Bucket))
            yield return new FieldError("/bucket", FieldCodes.InvalidValue, "bucket has up to 63 lower-case letters, digits and hyphens.");
        if (Key is { } key && (key.Length is 0 or > MaxKey || LineText.HasControl(key)))
            yield return new FieldError("/key", FieldCodes.InvalidValue, $"key has 1 to {MaxKey} characters and no control characters.");
        if (Visibility is not null && AssetVisibilityText.TryParse(Visibility) is null)
            yield return new FieldError("/visibility", FieldCodes.InvalidValue, "visibility must be public or private.");
        if (FileName is { } name && (name.Length is 0 or > MaxName || LineText.HasControl(name)))
            yield return new FieldError("/fileName", FieldCodes.InvalidValue, $"fileName has 1 to {MaxName} characters and no control characters.");
        if (TypeOf() is not { } type)
            yield return new FieldError("/mimeType", FieldCodes.InvalidValue, "mimeType must be a media type such as application/pdf.");
        else if (!options.Takes(type))
            yield return new FieldError("/mimeType", FieldCodes.NotSupported, $"Files of type {type} are not taken.");
        if (CacheControl is { } cache && (cache.Length > MaxCacheControl || !CacheControlHeaderValue.TryParse(cache, out _) || LineText.HasControl(cache)))
            yield return new FieldError("/cacheControl", FieldCodes.InvalidValue, "cacheControl must be a value of the header Cache-Control.");
        if (Metadata is { ValueKind: not JsonValueKind.Null } metadata
            && (metadata.ValueKind != JsonValueKind.Object || metadata.GetRawText().Length > MaxMetadata || metadata.GetRawText().Contains(@"\u0000", StringComparison.Ordinal)))
            yield return new FieldError("/metadata", FieldCodes.InvalidValue, $"metadata must be a JSON object of at most {MaxMetadata} characters, without NUL.");
    }

    /// <summary>Only after <see cref="Check"/> found nothing.</summary>
    public AssetDescription Describe() => new(
        Bucket ?? DefaultBucket, Key, FileName ?? LastSegment(Key) ?? DefaultName, TypeOf()!,
        AssetVisibilityText.TryParse(Visibility ?? "private")!.Value, CacheControl,
        Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata.GetRawText() : null);

    // Never told from the bytes: what a browser makes of them must not depend on what an uploader hid in them.
    private string? TypeOf()
    {
        if (MimeType is null)
            return _types.TryGetContentType(FileName ?? Key ?? "", out var told) ? told : UnknownType;
        return MediaTypeHeaderValue.TryParse(MimeType, out var type) && type.MediaType is { Length: >= 3 and <= 255 } media && MediaType().IsMatch(media.Value!)
            ? media.Value!.ToLowerInvariant()
            : null;
    }

    private static string? LastSegment(string? key)
    {
        var name = key?[(key.LastIndexOf('/') + 1)..];
        return string.IsNullOrEmpty(name) ? null : name.Length > MaxName ? name[..MaxName] : name;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex BucketName();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+\z")]
    private static partial Regex MediaType();
}
