using System.Globalization;
using System.Security.Cryptography;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Assets;
using Mail.Core.Ids;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Assets;

/// <summary>Uploads that are announced with an API key and arrive without one.</summary>
internal static class UploadSessionsEndpoints
{
    private const string ChecksumHeader = "X-Content-SHA256";
    private const string Session = "upload session";

    public static async Task<IResult> Create(
        Body<UploadSessionRequest> body, UploadStore uploads, AssetAddresses addresses, IOptions<AssetOptions> options, TimeProvider clock,
        HttpContext context, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var organization = context.Caller().Organization;
        var session = await uploads.CreateAsync(
            organization, PrefixedId.New<UploadId>(clock), UploadTexts.TryParseMode(request.Mode ?? "single")!.Value,
            UploadSessionValidator.FieldsOf(request).Describe(), request.FileSize, request.MaxBytes ?? request.FileSize ?? options.Value.MaxBytes,
            request.ExpiresIn?.Value ?? options.Value.DefaultLinkLifetime, cancellationToken);
        return TypedResults.Json(
            new AssetEnvelope<UploadSessionResponse>(true, "success", StatusCodes.Status201Created, "Created",
                addresses.Describe(organization, session, [], context)),
            AssetsJson.Default.AssetEnvelopeUploadSessionResponse, statusCode: StatusCodes.Status201Created);
    }

    /// <summary>The same as a session of mode single, by the name that browsers' uploads know it by.</summary>
    public static Task<IResult> CreateUrl(
        Body<UploadSessionRequest> body, UploadStore uploads, AssetAddresses addresses, IOptions<AssetOptions> options, TimeProvider clock,
        HttpContext context, CancellationToken cancellationToken) =>
        body.Value.Mode is null or "single"
            ? Create(body, uploads, addresses, options, clock, context, cancellationToken)
            : Task.FromResult<IResult>(Problem.Validation("/mode", FieldCodes.InvalidValue, "An upload URL takes one file in one piece; parts need an upload session."));

    public static async Task<IResult> Get(
        string id, UploadStore uploads, AssetAddresses addresses, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!PrefixedId.TryParse<UploadId>(id, out var upload) || await uploads.FindAsync(organization, upload, cancellationToken) is not { } session)
            return Problem.NotFound(Session);
        var parts = await uploads.PartsAsync(organization, upload, cancellationToken);
        return UploadAnswer.Ok(addresses.Describe(organization, session, parts, context));
    }

    public static async Task<IResult> Cancel(string id, UploadStore uploads, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!PrefixedId.TryParse<UploadId>(id, out var upload))
            return Problem.NotFound(Session);
        if (await uploads.CancelAsync(organization, upload, cancellationToken))
            return TypedResults.NoContent();
        return await uploads.FindAsync(organization, upload, cancellationToken) is null
            ? Problem.NotFound(Session)
            : new Problem(ProblemKind.Conflict, "The upload session is completed; delete its asset instead.");
    }

    public static async Task<IResult> Complete(
        string id, UploadStore uploads, UploadSessions sessions, AssetAddresses addresses, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!PrefixedId.TryParse<UploadId>(id, out var upload) || await uploads.FindAsync(organization, upload, cancellationToken) is null)
            return Problem.NotFound(Session);
        var outcome = await sessions.CompleteAsync(organization, upload, cancellationToken);
        return UploadAnswer.Of(outcome, organization, addresses, context);
    }

    public static async Task<IResult> Put(
        string token, AssetLinks links, UploadSessions sessions, AssetAddresses addresses, HttpContext context, CancellationToken cancellationToken)
    {
        if (links.ReadUpload(token) is not var (organization, upload))
            return Problem.NotFound("upload address, or it is over");
        if (!TryReadChecksum(context, out var checksum))
            return BadChecksum();
        var outcome = await sessions.PutAsync(organization, upload, context.Request.Body, checksum, cancellationToken);
        return UploadAnswer.Of(outcome, organization, addresses, context);
    }

    public static async Task<IResult> PutPart(
        string token, string number, AssetLinks links, UploadSessions sessions, AssetAddresses addresses, IOptions<AssetOptions> options,
        HttpContext context, CancellationToken cancellationToken)
    {
        if (links.ReadUpload(token) is not var (organization, upload))
            return Problem.NotFound("upload address, or it is over");
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var part) || part < 1 || part > options.Value.MaxParts)
            return Problem.Validation("", FieldCodes.OutOfRange, $"Parts are numbered from 1 to {options.Value.MaxParts}.");
        if (!TryReadChecksum(context, out var checksum))
            return BadChecksum();
        var outcome = await sessions.PutPartAsync(organization, upload, part, context.Request.Body, checksum, cancellationToken);
        return UploadAnswer.Of(outcome, organization, addresses, context);
    }

    private static bool TryReadChecksum(HttpContext context, out byte[]? checksum)
    {
        checksum = null;
        var header = context.Request.Headers[ChecksumHeader];
        if (header.Count == 0)
            return true;
        if (header is not [{ Length: SHA256.HashSizeInBytes * 2 } hex] || !hex.All(char.IsAsciiHexDigit))
            return false;
        checksum = Convert.FromHexString(hex);
        return true;
    }

    private static Problem BadChecksum() => new(ProblemKind.ValidationError, $"{ChecksumHeader} must be a SHA-256 in 64 hexadecimal digits.");
}
