using Aspire.Azure.Storage.Blobs;
using Azure.Identity;
using Azure.Storage.Blobs;
using Mail.Integrations;
using Mail.Integrations.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

// The namespace of the package this stands in for.
namespace Microsoft.Extensions.Hosting;

public static class AspireBlobStorageExtensions
{
    /// <summary>
    /// Registers one <see cref="BlobServiceClient"/> over <c>ConnectionStrings:&lt;connectionName&gt;</c> with health check, tracing and
    /// metrics (<c>Mail.Blobs</c>). A missing or malformed connection string stops the host at start.
    /// </summary>
    public static void AddAzureBlobServiceClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<AzureStorageBlobsSettings>? configureSettings = null,
        Action<BlobClientOptions>? configureOptions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = new AzureStorageBlobsSettings();
        configureSettings?.Invoke(settings);
        builder.Services.AddOptions<AzureStorageBlobsSettings>(connectionName)
            .ReadConnectionString(connectionName, (options, value) => options.ConnectionString = value)
            .Configure(options => configureSettings?.Invoke(options))
            .ValidateConnectionString(connectionName, options => options.ConnectionString, Check);
        builder.Services.AddSingleton(services => Create(services, connectionName, configureOptions));
        if (settings.DisableHealthChecks) return;
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "blobs_" + connectionName,
            services => new BlobHealthCheck(services.GetRequiredService<BlobServiceClient>()),
            HealthStatus.Unhealthy,
            ["blobs"],
            BlobHealthCheck.Timeout));
    }

    private static BlobServiceClient Create(IServiceProvider services, string connectionName, Action<BlobClientOptions>? configure)
    {
        var settings = services.GetRequiredService<IOptionsMonitor<AzureStorageBlobsSettings>>().Get(connectionName);
        var options = new BlobClientOptions { Time = services.GetService<TimeProvider>() ?? TimeProvider.System };
        configure?.Invoke(options);
        var connection = BlobConnectionString.Parse(settings.ConnectionString!);
        var tokens = connection.NeedsTokens ? settings.Credential ?? new DefaultAzureCredential() : null;
        return new BlobServiceClient(connection, tokens, options);
    }

    private static string? Check(string connectionString)
    {
        try
        {
            BlobConnectionString.Parse(connectionString);
            return null;
        }
        catch (FormatException malformed)
        {
            return malformed.Message;
        }
    }
}
