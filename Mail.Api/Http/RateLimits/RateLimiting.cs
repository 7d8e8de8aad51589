using System.Globalization;
using Mail.Core.ApiKeys;
using Mail.Core.RateLimits;

namespace Mail.Api.Http.RateLimits;

/// <summary>Counts every request that has a caller, and tells the caller where it stands. Nothing of the body has been read yet.</summary>
internal sealed class RateLimiting(RequestDelegate next, RateLimiter limiter)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<Caller>() is { } caller)
        {
            var policy = RatePolicies.Of(context.GetEndpoint()!, context.Request.Method);
            var decision = await limiter.TakeAsync(caller.Organization, caller.ApiKey, policy, context.RequestAborted);
            Tell(context.Response.Headers, decision);
            if (!decision.Allowed)
            {
                await Refuse(decision).ExecuteAsync(context);
                return;
            }
        }
        await next(context);
    }

    // The names of today's draft (RateLimit-Policy, RateLimit) and those that clients have read for years.
    private static void Tell(IHeaderDictionary headers, RateDecision decision)
    {
        var (policy, reset) = (decision.Policy.ToText(), Seconds(decision.Reset));
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";q={decision.Limit};w={Seconds(decision.Window)}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";r={decision.Remaining};t={reset}");
        headers["ratelimit-limit"] = decision.Limit.ToString(CultureInfo.InvariantCulture);
        headers["ratelimit-remaining"] = decision.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["ratelimit-reset"] = reset.ToString(CultureInfo.InvariantCulture);
    }

    private static Problem Refuse(RateDecision decision) => new(ProblemKind.RateLimited, string.Create(CultureInfo.InvariantCulture,
        $"At most {decision.Limit} '{decision.Policy.ToText()}' requests within {Seconds(decision.Window)} s. Try again a little later."))
    {
        RetryAfter = decision.RetryAfter > ShortestWait ? decision.RetryAfter : ShortestWait,
    };

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}
