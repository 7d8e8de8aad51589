using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mail.Integrations.Blobs;

/// <summary>The account answers and accepts our credential.</summary>
internal sealed class BlobHealthCheck(BlobServiceClient blobs) : IHealthCheck
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await blobs.ProbeAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (RequestFailedException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The blob service does not answer", failure);
        }
    }
}
