using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mail.Api.Http;
using Mail.Core.Assets;
using Mail.Core.Organizations;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Mail.Api.Features.Assets;

/// <summary>
/// The multipart form of <c>POST /assets/upload</c>, read in one pass: the file goes to storage as it arrives, wherever in the form
/// it stands, and belongs to nobody until all fields are good.
/// </summary>
internal sealed class AssetForm(AssetUploads uploads, OrganizationId organization, AssetOptions options)
{
    private const int MaxSections = 20;
    private const int MaxField = 16 * 1024;
    private static readonly string[] _names = ["file", "bucket", "key", "visibility", "cacheControl", "metadata", "fileName", "mimeType", "checksumSha256"];

    private readonly Dictionary<string, string> _fields = [];
    private readonly List<FieldError> _errors = [];
    private string? _fileName;
    private string? _fileType;

    public WrittenBlob? Blob { get; private set; }

    public AssetFields? Fields { get; private set; }

    /// <summary>Reads it all. Null when it is good.</summary>
    public async Task<Problem?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (BoundaryOf(request) is not { } boundary)
            return new Problem(ProblemKind.UnsupportedMediaType, "Send the file as 'Content-Type: multipart/form-data'.");
        var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = MaxField };
        Problem? refused = null;
        try
        {
            for (var count = 0; refused is null && await reader.ReadNextSectionAsync(cancellationToken) is { } section; count++)
                refused = count < MaxSections ? await ReadSectionAsync(section, cancellationToken) : TooManySections();
        }
        catch (InvalidDataException malformed)
        {
            refused = new Problem(ProblemKind.InvalidRequest, malformed.Message);
        }
        catch (IOException early) when (early is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            refused = new Problem(ProblemKind.InvalidRequest, "The form ends early.");
        }
        refused ??= Finish();
        if (refused is not null && Blob is not null)
            await uploads.DiscardAsync(Blob, CancellationToken.None);
        return refused;
    }

    /// <summary>Of all that the request says, the bytes included.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in _fields.Append(new("file", _fileName ?? "")).Append(new("type", _fileType ?? "")).OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, value);
        }
        hash.AppendData(Blob!.Sha256);
        return hash.GetHashAndReset();
    }

    private async Task<Problem?> ReadSectionAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || disposition.Name.Value is not { Length: > 0 } quoted)
            return new Problem(ProblemKind.InvalidRequest, "A part of the form has no name.");
        var name = HeaderUtilities.RemoveQuotes(quoted).Value!;
        if (!_names.Contains(name))
            _errors.Add(new FieldError("/" + name, FieldCodes.UnknownField, $"There is no field '{name}'; there are {string.Join(", ", _names)}."));
        else if (name == "file")
            return await ReadFileAsync(section, disposition, cancellationToken);
        else if (await ReadTextAsync(section.Body, cancellationToken) is not { } text)
            _errors.Add(new FieldError("/" + name, FieldCodes.TooLong, $"{name} has at most {MaxField} bytes."));
        else if (!_fields.TryAdd(name, text))
            _errors.Add(new FieldError("/" + name, FieldCodes.InvalidValue, $"{name} is there twice."));
        return null;
    }

    private async Task<Problem?> ReadFileAsync(MultipartSection section, ContentDispositionHeaderValue disposition, CancellationToken cancellationToken)
    {
        if (Blob is not null)
        {
            _errors.Add(new FieldError("/file", FieldCodes.TooMany, "Send one file."));
            return null;
        }
        _fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
        _fileType = section.ContentType;
        var (blob, refused) = await uploads.WriteAsync(organization, section.Body, null, cancellationToken);
        Blob = blob;
        return refused is null ? null : UploadAnswer.Refuse(refused);
    }

    private Problem? Finish()
    {
        JsonElement? metadata = null;
        if (_fields.TryGetValue("metadata", out var json) && json.Length > 0)
        {
            metadata = TryParse(json);
            if (metadata is null)
                _errors.Add(new FieldError("/metadata", FieldCodes.InvalidValue, "metadata must be a JSON object."));
        }
        Fields = new AssetFields(Field("bucket"), Field("key"), Field("visibility"), Field("fileName") ?? SafeName(_fileName),
            Field("mimeType") ?? _fileType, Field("cacheControl"), metadata);
        _errors.AddRange(Fields.Check(options));
        if (Blob is null)
            _errors.Add(new FieldError("/file", FieldCodes.Required, "file is required."));
        else if (Field("checksumSha256") is { } expected && !expected.Equals(Convert.ToHexString(Blob.Sha256), StringComparison.OrdinalIgnoreCase))
            _errors.Add(new FieldError("/checksumSha256", FieldCodes.InvalidValue, $"The file's SHA-256 is {Convert.ToHexStringLower(Blob.Sha256)}."));
        return _errors.Count == 0 ? null : Problem.Validation(_errors);
    }

    private string? Field(string name) => _fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    // Browsers of old sent whole paths.
    private static string? SafeName(string? name) => name is null ? null : name[(name.LastIndexOfAny(['/', '\\']) + 1)..] is { Length: > 0 } last ? last : null;

    private static string? BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= 200 } boundary
            ? boundary
            : null;

    private static async Task<string?> ReadTextAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxField + 1];
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return read <= MaxField ? Encoding.UTF8.GetString(buffer, 0, read) : null;
    }

    private static JsonElement? TryParse(string json)
    {
        try
        {
            return JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = Http.Json.ApiJson.MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Problem TooManySections() => new(ProblemKind.InvalidRequest, $"A form has at most {MaxSections} parts.");

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
