using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace Mail.ServiceDefaults.Telemetry;

internal static class TelemetryExtensions
{
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Server spans always get their route and status; export happens only where an OTLP endpoint is configured.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IStartupFilter, ServerSpanStartupFilter>();
        if (string.IsNullOrWhiteSpace(builder.Configuration[EndpointKey])) return;
        // First in the list: started before and stopped after everything it observes.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryService>());
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
            logging.SetResourceBuilder(Resource(builder.Configuration, builder.Environment));
            logging.AddOtlpExporter();
        });
    }

    public static ResourceBuilder Resource(IConfiguration configuration, IHostEnvironment environment)
    {
        var resource = ResourceBuilder.CreateDefault();
        // OTEL_SERVICE_NAME is read by the default builder; the AppHost sets it.
        return string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"]) ? resource.AddService(environment.ApplicationName) : resource;
    }
}
