using Mail.Integrations.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mail.Core.RateLimits;

public static class RateLimitServices
{
    /// <summary>For hosts that take requests. Without a <see cref="RedisClient"/> each process counts for itself.</summary>
    public static IHostApplicationBuilder AddRateLimits(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<RateLimitOptions>(RateLimitOptions.Section);
        builder.Services.AddSingleton<RateLimitSettings>();
        builder.Services.AddSingleton(provider => new RateBuckets(
            provider.GetService<RedisClient>(), provider.GetRequiredService<IOptions<RateLimitOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RateBuckets>>()));
        builder.Services.AddSingleton(provider => new RateLimiter(
            provider.GetRequiredService<RateBuckets>(), provider.GetRequiredService<RateLimitSettings>(), provider.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
