using Mail.Api.Http;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.ApiKeys;

/// <summary>Ends a key for good, everywhere within a second.</summary>
internal static class RevokeApiKey
{
    private static readonly RevokedResponse Done = new("ok");

    public static async Task<Results<Ok<Envelope<RevokedResponse>>, Problem>> Mail(
        string id, ApiKeyRegistry registry, HttpContext context, CancellationToken cancellationToken) =>
        await RunAsync(id, registry, context, cancellationToken) ? Envelope.Ok(Done) : Problem.NotFound("API key");

    public static async Task<Results<Ok<RevokedResponse>, Problem>> Account(
        string id, ApiKeyRegistry registry, HttpContext context, CancellationToken cancellationToken) =>
        await RunAsync(id, registry, context, cancellationToken) ? TypedResults.Ok(Done) : Problem.NotFound("API key");

    private static async Task<bool> RunAsync(string id, ApiKeyRegistry registry, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<ApiKeyId>(id, out var key) && await registry.RevokeAsync(context.Caller().Organization, key, cancellationToken);
}
