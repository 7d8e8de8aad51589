using System.Diagnostics;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Mail.Protocol.Addresses;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.ApiKeys;

/// <summary>Makes a key that may do no more than the one that asks.</summary>
internal static class CreateApiKey
{
    public static async Task<Results<Created<Envelope<CreatedApiKeyResponse>>, Problem>> Mail(
        Body<CreateApiKeyRequest> body, ApiKeyRegistry registry, HttpContext context, CancellationToken cancellationToken)
    {
        var (created, problem) = await RunAsync(body.Value, registry, context, cancellationToken);
        return created is not null ? Envelope.Created($"/v1/mail/api-keys/{created.Key.Id}", "API key created", created) : problem!;
    }

    public static async Task<Results<Created<CreatedApiKeyResponse>, Problem>> Account(
        Body<CreateApiKeyRequest> body, ApiKeyRegistry registry, HttpContext context, CancellationToken cancellationToken)
    {
        var (created, problem) = await RunAsync(body.Value, registry, context, cancellationToken);
        return created is not null ? TypedResults.Created($"/v1/api-keys/{created.Key.Id}", created) : problem!;
    }

    private static async Task<(CreatedApiKeyResponse? Created, Problem? Problem)> RunAsync(
        CreateApiKeyRequest request, ApiKeyRegistry registry, HttpContext context, CancellationToken cancellationToken)
    {
        var wanted = new NewApiKey(
            request.Name!.Trim(), request.Mode is { } mode ? SendingModeText.Parse(mode) : SendingMode.Live,
            [.. request.Scopes!.Select(scope => scope!).Distinct()], request.ExpiresAt,
            DomainName.TryParse(request.Domain, out var domain) ? domain.Ascii : null);
        switch (await registry.CreateAsync(context.Caller(), wanted, cancellationToken))
        {
            case CreateKeyOutcome.Created created:
                // The one answer that has the secret must not stay anywhere on its way.
                context.Response.Headers.CacheControl = "no-store";
                return (new CreatedApiKeyResponse(ApiKeyResponse.Of(created.Key), created.Text.Reveal()), null);
            case CreateKeyOutcome.NameTaken:
                return (null, new Problem(ProblemKind.Conflict, $"There is a key named '{wanted.Name}' already."));
            case CreateKeyOutcome.ScopesBeyondCreator beyond:
                return (null, Forbidden($"The API key lacks {string.Join(", ", beyond.Scopes.Select(scope => $"'{scope}'"))} and cannot grant it."));
            case CreateKeyOutcome.ModeBeyondCreator:
                return (null, Forbidden("A test key can make test keys only: send mode 'test'."));
            case CreateKeyOutcome.DomainBeyondCreator beyond:
                return (null, Forbidden($"This API key may send from '{beyond.Allowed}' only, and so may the keys it makes: send domain '{beyond.Allowed}'."));
            case CreateKeyOutcome.ExpiryPassed:
                return (null, Problem.Validation("/expiresAt", FieldCodes.OutOfRange, "expiresAt must be in the future."));
            default:
                throw new UnreachableException();
        }
    }

    private static Problem Forbidden(string detail) => new(ProblemKind.Forbidden, detail);
}
