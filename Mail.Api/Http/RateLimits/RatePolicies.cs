using Mail.Core.ApiKeys;
using Mail.Core.RateLimits;

namespace Mail.Api.Http.RateLimits;

/// <summary>What a request counts as: what its route says, or else what its scope and method say.</summary>
internal static class RatePolicies
{
    public static TBuilder WithRateLimit<TBuilder>(this TBuilder endpoint, RatePolicy policy) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Limited(policy));

    public static RatePolicy Of(Endpoint endpoint, string method) => endpoint.Metadata.GetMetadata<Limited>()?.Policy switch
    {
        { } policy => policy,
        null when endpoint.Metadata.GetMetadata<RequiredScope>()?.Scope == Scopes.EmailsSend => RatePolicy.Send,
        null when HttpMethods.IsGet(method) || HttpMethods.IsHead(method) => RatePolicy.Read,
        null => RatePolicy.Write,
    };

    private sealed record Limited(RatePolicy Policy);
}
