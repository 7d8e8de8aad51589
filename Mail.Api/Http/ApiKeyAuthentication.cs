using System.Diagnostics;
using Mail.Core.ApiKeys;
using Microsoft.AspNetCore.Http.Features;

namespace Mail.Api.Http;

/// <summary>
/// Checks the API key and the scope that an endpoint asks for with <see cref="RequiredScopes.RequireScope"/>, before
/// anything of the body is read.
/// </summary>
internal sealed class ApiKeyAuthentication(RequestDelegate next, ApiKeyAuthenticator authenticator)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is { } required)
        {
            if (await FindCallerAsync(context) is not { } caller)
            {
                await Unauthorized(context).ExecuteAsync(context);
                return;
            }
            Activity.Current?.SetTag("mail.organization.id", caller.Organization.ToString());
            if (!caller.Has(required.Scope))
            {
                await new Problem(ProblemKind.Forbidden, $"The API key lacks the scope '{required.Scope}'.").ExecuteAsync(context);
                return;
            }
            context.Features.Set(caller);
        }
        await next(context);
    }

    private ValueTask<Caller?> FindCallerAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return ValueTask.FromResult<Caller?>(null);
        return authenticator.AuthenticateAsync(header[Scheme.Length..].Trim(), context.RequestAborted);
    }

    private static Problem Unauthorized(HttpContext context) => new(ProblemKind.Unauthorized,
        context.Request.Headers.Authorization.Count == 0
            ? "Send your API key in the header 'Authorization: Bearer <key>'."
            : "The API key is malformed, unknown, expired or revoked.");
}

internal sealed record RequiredScope(string Scope);

internal static class RequiredScopes
{
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequiredScope(scope));

    /// <summary>Who asks; only behind <see cref="RequireScope"/>.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
