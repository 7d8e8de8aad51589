using System.Diagnostics;
using Mail.Core.ApiKeys;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;

namespace Mail.Api.Http;

/// <summary>
/// Checks the API key and the scope that an endpoint asks for with <see cref="RequiredScopes.RequireScope"/>, before
/// anything of the body is read. A route that asks for nothing and does not say that it is for everybody is closed.
/// </summary>
internal sealed class ApiKeyAuthentication(RequestDelegate next, ApiKeyAuthenticator authenticator)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is RouteEndpoint endpoint && !endpoint.Metadata.IsOpen()
            && await RefuseAsync(context, endpoint.Metadata.GetMetadata<RequiredScope>()) is { } problem)
        {
            await problem.ExecuteAsync(context);
            return;
        }
        await next(context);
    }

    private async ValueTask<Problem?> RefuseAsync(HttpContext context, RequiredScope? required)
    {
        if (required is null)
            return Unauthorized(context);
        switch (await IdentifyAsync(context))
        {
            case KeyCheck.Valid { Caller: var caller }:
                Activity.Current?.SetTag("mail.organization.id", caller.Organization.ToString());
                if (!caller.Has(required.Scope))
                    return new Problem(ProblemKind.Forbidden, $"The API key lacks the scope '{required.Scope}'.");
                context.Features.Set(caller);
                return null;
            case KeyCheck.Suspended { Caller: var caller }:
                Activity.Current?.SetTag("mail.organization.id", caller.Organization.ToString());
                return new Problem(ProblemKind.OrganizationSuspended, "Your organization is suspended. Ask the operator of this service.");
            case KeyCheck.Invalid:
                return Unauthorized(context);
            default:
                throw new UnreachableException();
        }
    }

    private ValueTask<KeyCheck> IdentifyAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return ValueTask.FromResult<KeyCheck>(KeyCheck.Invalid.Instance);
        return authenticator.IdentifyAsync(header[Scheme.Length..].Trim(), context.RequestAborted);
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

    /// <summary>Open to everybody, or checked by <see cref="OperatorAuthentication"/>.</summary>
    public static bool IsOpen(this EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<IAllowAnonymous>() is not null || metadata.GetMetadata<OperatorOnly>() is not null;

    /// <summary>Who asks; only behind <see cref="RequireScope"/>.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
