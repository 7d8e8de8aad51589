using System.Globalization;
using Mail.Core.Assets;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Assets;

/// <summary>The addresses that need no API key.</summary>
internal sealed class AssetAddresses(AssetLinks links, IOptions<AssetOptions> options)
{
    public const string Files = "/files/";
    public const string Uploads = "/uploads/";

    public AssetResponse Describe(OrganizationId organization, Asset asset, HttpContext context) => AssetResponse.Of(
        asset, asset.Visibility == AssetVisibility.Public ? OriginOf(context) + Files + links.WritePublic(organization, asset.Id) : null);

    public UploadSessionResponse Describe(OrganizationId organization, UploadSession session, IReadOnlyList<UploadPart> parts, HttpContext context)
    {
        var token = session.IsOpen ? links.WriteUpload(organization, session.Id, session.ExpiresAt) : null;
        return new UploadSessionResponse(
            session.Id.ToString(), session.Id.ToString(), session.Mode.ToText(),
            session is { Status: UploadStatus.Open, IsOpen: false } ? "expired" : session.Status.ToText(),
            token is null ? null : OriginOf(context) + Uploads + token, "PUT", token, session.MaxBytes,
            session.Mode == UploadMode.Chunked ? Math.Min(options.Value.MaxPartBytes, session.MaxBytes) : null,
            [.. parts.Select(part => new UploadPartResponse(part.Number, part.Size, Convert.ToHexStringLower(part.Sha256)))],
            session.Asset?.ToString(), session.CreatedAt, session.ExpiresAt);
    }

    public string Download(OrganizationId organization, AssetId asset, DateTimeOffset expiresAt, AssetLinkId? counted, HttpContext context) =>
        OriginOf(context) + Files + links.WriteDownload(organization, asset, expiresAt, counted);

    /// <summary>What If-Match takes.</summary>
    public string RevisionOf(Asset asset) => string.Create(CultureInfo.InvariantCulture, $"\"{asset.Revision}\"");

    /// <summary>What the addresses begin with that are given out.</summary>
    public string OriginOf(HttpContext context) =>
        options.Value.PublicOrigin ?? $"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}";
}
