using Azure.Storage.Blobs;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Integrations.Tests.Blobs;

public sealed class BlobRegistrationTests
{
    [Fact]
    public async Task The_client_of_the_name_reaches_its_account_and_is_observed()
    {
        using var observed = new Observed("Mail.Blobs");
        using var host = Build((await AzuriteServer.SharedAsync()).ConnectionString);
        await host.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("registered").CreateIfNotExistsAsync();
        await Eventually.TrueAsync(async () => await HealthAsync(host) == HealthStatus.Healthy);
        Assert.Contains(observed.Spans, span => span.DisplayName == "blob create-container");
        Assert.Contains("mail.blobs.operation.duration", observed.Instruments);
    }

    [Fact]
    public async Task A_wrong_key_shows_in_the_health_check()
    {
        var right = (await AzuriteServer.SharedAsync()).ConnectionString;
        using var host = Build(right.Replace("Eby8", "AAAA", StringComparison.Ordinal));
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
    }

    [Theory]
    [InlineData(null, "ConnectionStrings:blobs")]
    [InlineData("AccountName=a", "AccountKey")]
    public async Task A_missing_or_malformed_connection_string_stops_the_start_and_names_the_key(string? text, string named)
    {
        using var host = Build(text);
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    private static IHost Build(string? connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "test-app" });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:blobs", connectionString)]);
        builder.AddAzureBlobServiceClient("blobs");
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
