using System.Diagnostics;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Assets;
using Mail.Core.Organizations;

namespace Mail.Api.Features.Assets;

/// <summary>What an upload answers.</summary>
internal static class UploadAnswer
{
    public static IResult Of(UploadOutcome outcome, OrganizationId organization, AssetAddresses addresses, HttpContext context)
    {
        if (outcome is UploadOutcome.PartStored(var number, var part))
            return Ok(new UploadPartResponse(number, part.Size, Convert.ToHexStringLower(part.Sha256)));
        if (outcome is not UploadOutcome.Stored(var asset, var replayed))
            return Refuse(outcome);
        if (replayed)
            context.Response.Headers[IdempotencyKeys.ReplayedHeader] = "true";
        context.Response.Headers.ETag = addresses.RevisionOf(asset);
        return TypedResults.Json(
            new AssetEnvelope<AssetResponse>(true, "success", StatusCodes.Status201Created, "Stored", addresses.Describe(organization, asset, context)),
            AssetsJson.Default.AssetEnvelopeAssetResponse, statusCode: StatusCodes.Status201Created);
    }

    public static IResult Ok<T>(T data) => TypedResults.Ok(new AssetEnvelope<T>(true, "success", StatusCodes.Status200OK, "OK", data));

    public static Problem Refuse(UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.TooLarge(var maxBytes) => new Problem(ProblemKind.PayloadTooLarge, $"At most {maxBytes} bytes are taken here."),
        UploadOutcome.ChecksumMismatch(var actual) => new Problem(ProblemKind.ValidationError,
            $"The SHA-256 of what arrived is {Convert.ToHexStringLower(actual)}, which is not what was announced. Send it again."),
        UploadOutcome.SizeMismatch(var announced, var actual) => new Problem(ProblemKind.ValidationError,
            $"{actual} bytes arrived where {announced} were announced."),
        UploadOutcome.PartMissing(var number) => new Problem(ProblemKind.Conflict, $"Part {number} is missing; parts are numbered from 1 without gaps."),
        UploadOutcome.IdempotencyConflict(var key) => new Problem(ProblemKind.IdempotencyConflict,
            $"The idempotency key '{key}' was used for another upload within the last 24 hours."),
        UploadOutcome.NotOpen => new Problem(ProblemKind.Conflict, "The upload session is over, canceled, completed, or of the other mode."),
        UploadOutcome.TooSlow => Problem.Unavailable("The upload took too long. Send it again."),
        _ => throw new UnreachableException(),
    };
}
