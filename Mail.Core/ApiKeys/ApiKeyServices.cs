using Mail.Integrations.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.Core.ApiKeys;

internal static class ApiKeyServices
{
    public static void AddApiKeys(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<ApiKeyUsage>();
        services.AddHostedService(provider => provider.GetRequiredService<ApiKeyUsage>());
        services.AddSingleton<ApiKeyAuthenticator>();
        services.AddSingleton(provider => new KeyRevocations(
            provider.GetService<RedisClient>(), provider.GetRequiredService<ApiKeyAuthenticator>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KeyRevocations>>()));
        services.AddHostedService(provider => provider.GetRequiredService<KeyRevocations>());
        services.AddSingleton<ApiKeyRegistry>();
    }
}
