using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;

namespace Mail.Api.Features.ApiKeys;

internal static class ApiKeysEndpoints
{
    public static IServiceCollection AddApiKeys(this IServiceCollection services) => services
        .AddBodies(ApiKeysJson.Default)
        .AddSingleton<IValidator<CreateApiKeyRequest>, CreateApiKeyValidator>();

    public static void MapApiKeys(this RouteGroupBuilder mail)
    {
        var keys = mail.MapGroup("/api-keys");
        keys.MapPost("", CreateApiKey.Mail).RequireScope(Scopes.ApiKeysWrite)
            .Describe("mail.apiKeys.create", "Makes an API key; the answer is the only one that shows it.", ProblemKind.Conflict);
        keys.MapGet("", ReadApiKeys.ListMail).RequireScope(Scopes.ApiKeysRead)
            .Describe("mail.apiKeys.list", "Lists API keys.");
        keys.MapGet("/{id}", ReadApiKeys.GetMail).RequireScope(Scopes.ApiKeysRead)
            .Describe("mail.apiKeys.get", "Reads an API key, without its secret.");
        keys.MapDelete("/{id}", RevokeApiKey.Mail).RequireScope(Scopes.ApiKeysWrite)
            .Describe("mail.apiKeys.delete", "Revokes an API key.");
    }

    public static void MapAccountApiKeys(this RouteGroupBuilder account)
    {
        var keys = account.MapGroup("/api-keys");
        keys.MapPost("", CreateApiKey.Account).RequireScope(Scopes.ApiKeysWrite)
            .Describe("apiKeys.create", "Makes an API key; the answer is the only one that shows it.", ProblemKind.Conflict);
        keys.MapGet("", ReadApiKeys.ListAccount).RequireScope(Scopes.ApiKeysRead)
            .Describe("apiKeys.list", "Lists API keys.");
        keys.MapGet("/{id}", ReadApiKeys.GetAccount).RequireScope(Scopes.ApiKeysRead)
            .Describe("apiKeys.get", "Reads an API key, without its secret.");
        keys.MapDelete("/{id}", RevokeApiKey.Account).RequireScope(Scopes.ApiKeysWrite)
            .Describe("apiKeys.delete", "Revokes an API key.");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(CreateApiKeyRequest))]
[JsonSerializable(typeof(CreatedApiKeyResponse))]
[JsonSerializable(typeof(Envelope<CreatedApiKeyResponse>))]
[JsonSerializable(typeof(Envelope<ApiKeyResponse>))]
[JsonSerializable(typeof(IReadOnlyList<ApiKeyResponse>))]
[JsonSerializable(typeof(ListEnvelope<ApiKeyResponse>))]
[JsonSerializable(typeof(RevokedResponse))]
[JsonSerializable(typeof(Envelope<RevokedResponse>))]
internal sealed partial class ApiKeysJson : JsonSerializerContext;
