using System.Globalization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Assets;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Assets;

internal static class ReadAssets
{
    private const string AssetNoun = "asset";

    public static async Task<IResult> List(
        string? bucket, string? prefix, string? cursor, string? limit, AssetStore assets, AssetAddresses addresses, HttpContext context,
        CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<AssetId>(cursor, limit);
        var (inBucket, withPrefix) = (fields.Text("bucket", bucket), fields.Text("prefix", prefix));
        if (fields.Problem is { } problem)
            return problem;
        var organization = context.Caller().Organization;
        var found = await assets.ListAsync(organization, inBucket, withPrefix, page.After, page.Fetch, cancellationToken);
        var rows = found.Take(page.Limit).Select(asset => addresses.Describe(organization, asset, context)).ToList();
        var more = found.Count > page.Limit;
        return TypedResults.Ok(new AssetPage(true, "success", StatusCodes.Status200OK, "OK", rows, more ? rows[^1].Id : null, more));
    }

    public static async Task<IResult> Get(
        string id, AssetStore assets, AssetAddresses addresses, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await FindAsync(id, organization, assets, cancellationToken) is not { } asset)
            return Problem.NotFound(AssetNoun);
        context.Response.Headers.ETag = addresses.RevisionOf(asset);
        return UploadAnswer.Ok(addresses.Describe(organization, asset, context));
    }

    public static async Task<IResult> Delete(string id, AssetStore assets, HttpContext context, CancellationToken cancellationToken)
    {
        if (!PrefixedId.TryParse<AssetId>(id, out var asset))
            return Problem.NotFound(AssetNoun);
        if (!TryReadRevision(context.Request.Headers.IfMatch, out var revision))
            return new Problem(ProblemKind.ValidationError, "If-Match must be the revision in quotes, or *.");
        return await assets.DeleteAsync(context.Caller().Organization, asset, revision, cancellationToken) switch
        {
            AssetDeletion.Deleted => TypedResults.NoContent(),
            AssetDeletion.OtherRevision => new Problem(ProblemKind.PreconditionFailed, "The asset has another revision by now. Read it again."),
            _ => Problem.NotFound(AssetNoun),
        };
    }

    public static async Task<IResult> SignUrl(
        string id, Body<SignedUrlRequest> body, AssetStore assets, AssetLinkStore links, AssetAddresses addresses, IOptions<AssetOptions> options,
        TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await FindAsync(id, organization, assets, cancellationToken) is not { } asset)
            return Problem.NotFound(AssetNoun);
        var request = body.Value;
        var lifetime = (request.ExpiresIn ?? request.ExpiresInSnake)?.Value ?? options.Value.DefaultLinkLifetime;
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((clock.GetUtcNow() + lifetime).ToUnixTimeSeconds());
        AssetLinkId? counted = null;
        if (request.MaxDownloads is { } downloads)
        {
            counted = PrefixedId.New<AssetLinkId>(clock);
            await links.CreateAsync(organization, counted.Value, asset.Id, downloads, lifetime, cancellationToken);
        }
        return UploadAnswer.Ok(new SignedUrlResponse(
            addresses.Download(organization, asset.Id, expiresAt, counted, context), expiresAt, request.MaxDownloads));
    }

    public static async Task<IResult> Content(
        string id, AssetStore assets, AssetDownload download, HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, context.Caller().Organization, assets, cancellationToken) is not { } asset)
            return Problem.NotFound(AssetNoun);
        await download.WriteAsync(context, asset, isPublic: false, cancellationToken);
        return Results.Empty;
    }

    public static async Task<IResult> File(
        string token, AssetLinks tokens, AssetLinkStore links, AssetStore assets, AssetDownload download, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (tokens.ReadDownload(token) is not { } link || await assets.FindAsync(link.Organization, link.Asset, cancellationToken) is not { } asset
            || (link.IsPublic && asset.Visibility != AssetVisibility.Public))
            return Problem.NotFound("file");
        // Every GET counts, of a part as well: otherwise all could be had in parts for nothing.
        if (link.Counted is { } counted && HttpMethods.IsGet(context.Request.Method) && !await links.TakeAsync(link.Organization, counted, cancellationToken))
            return Problem.NotFound("file");
        await download.WriteAsync(context, asset, link.IsPublic, cancellationToken);
        return Results.Empty;
    }

    private static async Task<Asset?> FindAsync(string id, OrganizationId organization, AssetStore assets, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<AssetId>(id, out var asset) ? await assets.FindAsync(organization, asset, cancellationToken) : null;

    private static bool TryReadRevision(string? header, out long? revision)
    {
        revision = null;
        if (string.IsNullOrEmpty(header) || header == "*")
            return true;
        if (header is not ['"', .. var digits, '"'] || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var read))
            return false;
        revision = read;
        return true;
    }
}
