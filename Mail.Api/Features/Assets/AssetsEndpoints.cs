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
        assets.MapPost("/upload", AssetUpload.Upload).RequireScope(Scopes.EmailsSend).WithMetadata(new RequestSizeLimitAttribute(options.MaxBytes + FormBytes))
            .Describe("assets.upload", "Stores a file, sent as a form.", ProblemKind.IdempotencyConflict)
            .Answers(201, typeof(AssetEnvelope<AssetResponse>));
        assets.MapPost("/upload-url", UploadSessionsEndpoints.CreateUrl).RequireScope(Scopes.EmailsSend)
            .Describe("assets.signedUploadUrl", "Signs an address that a file can be put to.")
            .Answers(201, typeof(AssetEnvelope<UploadSessionResponse>));
        assets.MapPost("/upload-sessions", UploadSessionsEndpoints.Create).RequireScope(Scopes.EmailsSend)
            .Describe("assets.createUploadSession", "Opens an upload, in one piece or in parts.")
            .Answers(201, typeof(AssetEnvelope<UploadSessionResponse>));
        assets.MapGet("/upload-sessions/{id}", UploadSessionsEndpoints.Get).RequireScope(Scopes.EmailsSend)
            .Describe("assets.getUploadSession", "Reads an upload with the parts that have come.")
            .Answers(200, typeof(AssetEnvelope<UploadSessionResponse>));
        assets.MapDelete("/upload-sessions/{id}", UploadSessionsEndpoints.Cancel).RequireScope(Scopes.EmailsSend)
            .Describe("assets.cancelUploadSession", "Ends an upload without an asset.", ProblemKind.Conflict)
            .Answers(204);
        assets.MapPost("/upload-sessions/{id}/complete", UploadSessionsEndpoints.Complete).RequireScope(Scopes.EmailsSend)
            .Describe("assets.completeUploadSession", "Makes an asset of what was uploaded.", ProblemKind.Conflict)
            .Answers(201, typeof(AssetEnvelope<AssetResponse>));
        assets.MapGet("", ReadAssets.List).RequireScope(Scopes.EmailsRead)
            .Describe("assets.list", "Lists assets, newest first.")
            .Answers(200, typeof(AssetPage));
        assets.MapGet("/{id}", ReadAssets.Get).RequireScope(Scopes.EmailsRead)
            .Describe("assets.get", "Reads an asset.")
            .Answers(200, typeof(AssetEnvelope<AssetResponse>));
        assets.MapDelete("/{id}", ReadAssets.Delete).RequireScope(Scopes.EmailsSend)
            .Describe("assets.delete", "Deletes an asset that no unsent message needs.", ProblemKind.Conflict, ProblemKind.PreconditionFailed)
            .Answers(204);
        assets.MapMethods("/{id}/content", [HttpMethods.Get, HttpMethods.Head], ReadAssets.Content).RequireScope(Scopes.EmailsRead)
            .Describe("assets.content", "Reads the file.");
        assets.MapPost("/{id}/signed-url", ReadAssets.SignUrl).RequireScope(Scopes.EmailsRead)
            .Describe("assets.signedUrl", "Signs an address that the file can be read from.")
            .Answers(200, typeof(AssetEnvelope<SignedUrlResponse>));
    }

    /// <summary>Addresses that prove themselves: their token is signed.</summary>
    public static void MapAssetLinks(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<AssetOptions>>().Value;
        routes.MapPut(AssetAddresses.Uploads + "{token}", UploadSessionsEndpoints.Put).AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxBytes))
            .Describe("assets.put", "Puts a file to a signed address.", ProblemKind.Conflict)
            .Answers(201, typeof(AssetEnvelope<AssetResponse>));
        routes.MapPut(AssetAddresses.Uploads + "{token}/parts/{number}", UploadSessionsEndpoints.PutPart).AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxPartBytes))
            .Describe("assets.uploadChunk", "Puts one part of a file.", ProblemKind.Conflict)
            .Answers(200, typeof(AssetEnvelope<UploadPartResponse>));
        routes.MapMethods(AssetAddresses.Files + "{token}", [HttpMethods.Get, HttpMethods.Head], ReadAssets.File).AllowAnonymous()
            .Describe("assets.file", "Reads a file by a signed address.");
    }
}
