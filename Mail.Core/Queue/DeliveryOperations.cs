using Mail.Core.Domains;
using Mail.Core.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.Queue;

/// <summary>What hosts need that let operators look at deliveries and change their course.</summary>
public static class DeliveryOperations
{
    // The endpoint "smtp" of the service "inbound", as the AppHost injects it.
    private const string InboundEndpoint = "services:inbound:smtp:0";

    public static IHostApplicationBuilder AddDeliveryOperations(this IHostApplicationBuilder builder)
    {
        builder.AddMailDns();
        builder.AddDeliveryOptions();
        builder.AddTls();
        builder.Services.AddSingleton<QueueOperationsStore>();
        builder.Services.AddSingleton<EndQueued>();
        builder.Services.AddSingleton<ExplainRecipient>();
        return builder;
    }

    /// <summary>Where mail is delivered to; the workers and those who explain them read the same settings.</summary>
    public static IHostApplicationBuilder AddDeliveryOptions(this IHostApplicationBuilder builder)
    {
        var inbound = builder.Configuration[InboundEndpoint];
        // Before what is configured, which wins.
        if (builder.Environment.IsDevelopment())
            builder.Services.Configure<DeliveryOptions>(options => options.Mode = DeliveryMode.Capture);
        builder.AddMailOptions<DeliveryOptions>(DeliveryOptions.Section).PostConfigure(options => options.CaptureAddress ??= inbound);
        return builder;
    }
}
