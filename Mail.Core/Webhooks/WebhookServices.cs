using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.Webhooks;

internal static class WebhookServices
{
    /// <summary>Endpoints, deliveries and their queue.</summary>
    public static void AddWebhooks(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        if (builder.Environment.IsDevelopment())
            services.Configure<WebhookOptions>(options => options.AllowHttp = options.AllowLoopback = true);
        builder.AddMailOptions<WebhookOptions>(WebhookOptions.Section)
            .Validate(options => options.HasGoodNetworks(), "Mail:Webhooks:AllowedNetworks must be networks such as 10.20.0.0/16.");
        services.AddSingleton<WebhookSecrets>();
        foreach (var column in WebhookSecrets.Columns)
            services.AddSingleton(column);
        services.AddSingleton<WebhookStore>();
        services.AddSingleton<WebhookDeliveryStore>();
        services.AddSingleton<WebhookQueueStore>();
    }
}
