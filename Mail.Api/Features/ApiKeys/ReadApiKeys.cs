using Mail.Api.Http;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.ApiKeys;

/// <summary>Shows keys, revoked ones too, and never a secret.</summary>
internal static class ReadApiKeys
{
    private const int AccountDefaultLimit = QueryFields.MaxLimit;

    public static async Task<Results<Ok<ListEnvelope<ApiKeyResponse>>, Problem>> ListMail(
        string? cursor, string? limit, ApiKeyStore keys, HttpContext context, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<ApiKeyId>(cursor, limit);
        if (query.Problem is { } problem)
            return problem;
        return Pages.Mail(await ListAsync(page, keys, context, cancellationToken), page, ApiKeyResponse.Of, key => key.Id);
    }

    public static async Task<Results<Ok<IReadOnlyList<ApiKeyResponse>>, Problem>> ListAccount(
        string? cursor, string? limit, ApiKeyStore keys, HttpContext context, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<ApiKeyId>(cursor, limit, AccountDefaultLimit);
        if (query.Problem is { } problem)
            return problem;
        return Pages.Account(context, await ListAsync(page, keys, context, cancellationToken), page, ApiKeyResponse.Of, key => key.Id);
    }

    public static async Task<Results<Ok<Envelope<ApiKeyResponse>>, Problem>> GetMail(
        string id, ApiKeyStore keys, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, keys, context, cancellationToken) is { } key ? Envelope.Ok(ApiKeyResponse.Of(key)) : Problem.NotFound("API key");

    public static async Task<Results<Ok<ApiKeyResponse>, Problem>> GetAccount(
        string id, ApiKeyStore keys, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, keys, context, cancellationToken) is { } key ? TypedResults.Ok(ApiKeyResponse.Of(key)) : Problem.NotFound("API key");

    private static Task<List<ApiKeyDetails>> ListAsync(
        PageRequest<ApiKeyId> page, ApiKeyStore keys, HttpContext context, CancellationToken cancellationToken) =>
        keys.ListAsync(context.Caller().Organization, page.After, page.Fetch, cancellationToken);

    private static Task<ApiKeyDetails?> FindAsync(string id, ApiKeyStore keys, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<ApiKeyId>(id, out var key)
            ? keys.FindAsync(context.Caller().Organization, key, cancellationToken)
            : Task.FromResult<ApiKeyDetails?>(null);
}
