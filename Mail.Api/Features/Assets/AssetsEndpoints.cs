using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Assets;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Assets;

internal static class AssetsEndpoints
{
    // Besides the file: the other fields of the form.
    private const long FormBytes = 1024 * 1024;

    public static void AddAssetEndpoints(this WebApplicationBuilder builder)
    {
        builder.Services.AddBodies(AssetsJson.Default);
        builder.Services.AddSingleton<IValidator<UploadSessionRequest>, UploadSessionValidator>();
        builder.Services.AddSingleton<IValidator<SignedUrlRequest>, SignedUrlValidator>();
        builder.Services.AddSingleton<AssetAddresses>();
        builder.Services.AddSingleton<AssetDownload>();
    }

    /// <summary>Assets exist to be sent: who may send may store them, who may read messages may read them.</summary>
    public static void MapAssets(this RouteGroupBuilder api)
    {
        var options = ((IEndpointRouteBuilder)api).ServiceProvider.GetRequiredService<IOptions<AssetOptions>>().Value;
        var assets = api.MapGroup("/assets");
        assets.MapPost("/upload", AssetUpload.Upload).RequireScope(Scopes.EmailsSend).WithMetadata(new RequestSizeLimitAttribute(options.MaxBytes + FormBytes));
        assets.MapPost("/upload-url", UploadSessionsEndpoints.CreateUrl).RequireScope(Scopes.EmailsSend);
        assets.MapPost("/upload-sessions", UploadSessionsEndpoints.Create).RequireScope(Scopes.EmailsSend);
        assets.MapGet("/upload-sessions/{id}", UploadSessionsEndpoints.Get).RequireScope(Scopes.EmailsSend);
        assets.MapDelete("/upload-sessions/{id}", UploadSessionsEndpoints.Cancel).RequireScope(Scopes.EmailsSend);
        assets.MapPost("/upload-sessions/{id}/complete", UploadSessionsEndpoints.Complete).RequireScope(Scopes.EmailsSend);
        assets.MapGet("", ReadAssets.List).RequireScope(Scopes.EmailsRead);
        assets.MapGet("/{id}", ReadAssets.Get).RequireScope(Scopes.EmailsRead);
        assets.MapDelete("/{id}", ReadAssets.Delete).RequireScope(Scopes.EmailsSend);
        assets.MapMethods("/{id}/content", [HttpMethods.Get, HttpMethods.Head], ReadAssets.Content).RequireScope(Scopes.EmailsRead);
        assets.MapPost("/{id}/signed-url", ReadAssets.SignUrl).RequireScope(Scopes.EmailsRead);
    }

    /// <summary>Addresses that prove themselves: their token is signed.</summary>
    public static void MapAssetLinks(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<AssetOptions>>().Value;
        routes.MapPut(AssetAddresses.Uploads + "{token}", UploadSessionsEndpoints.Put).AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxBytes));
        routes.MapPut(AssetAddresses.Uploads + "{token}/parts/{number}", UploadSessionsEndpoints.PutPart).AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxPartBytes));
        routes.MapMethods(AssetAddresses.Files + "{token}", [HttpMethods.Get, HttpMethods.Head], ReadAssets.File).AllowAnonymous();
    }
}
