using System.Security.Cryptography;
using System.Text;
using Mail.ServiceDefaults.Health;
using Microsoft.Extensions.Options;

namespace Mail.Api.Http;

/// <summary>
/// Lets only the operator's token (<c>Mail:OperatorToken</c>) to the endpoints marked with <see cref="OperatorRoutes.RequireOperator"/>.
/// Where no token is configured these endpoints do not exist.
/// </summary>
internal sealed class OperatorAuthentication(RequestDelegate next, IOptionsMonitor<HealthOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OperatorOnly>() is null)
            return next(context);
        if (options.CurrentValue.OperatorToken is not { Length: > 0 } token)
            return new Problem(ProblemKind.NotFound, "Nothing is at this address.").ExecuteAsync(context);
        return IsOperator(context, token)
            ? next(context)
            : new Problem(ProblemKind.Unauthorized, "Only the operator's token is taken here.").ExecuteAsync(context);
    }

    // Hashes have one length, so that not even that of the token can be measured.
    private static bool IsOperator(HttpContext context, string token) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token)),
        SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString())));
}

internal sealed record OperatorOnly
{
    public static readonly OperatorOnly Instance = new();
}

internal static class OperatorRoutes
{
    public static TBuilder RequireOperator<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(OperatorOnly.Instance);
}
