using System.Globalization;
using System.Security.Cryptography;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard: its process, its addresses, and the keys between it and us.</summary>
internal sealed partial class DashboardProcess(
    HostingSettings settings, DashboardServiceHost service, DcpObjects objects, EndpointAllocator ports, ILogger<DashboardProcess> logger)
{
    private const string RunName = "aspire-dashboard";

    public string OtlpApiKey { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public string ServiceKey { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Where the dashboard finds this host's resource service.</summary>
    public string? ServiceUrl { get; private set; }

    /// <summary>Where services send their telemetry; null without a dashboard.</summary>
    public string? OtlpUrl { get; private set; }

    /// <summary>Address of the front end without the login token.</summary>
    public string? Url { get; private set; }

    public string? LoginUrl => Url is null ? null : $"{Url}/login?t={settings.BrowserToken}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.DashboardDisabled) return;
        ServiceUrl = await service.StartAsync(ServiceKey, cancellationToken);
        Url = Address(settings.DashboardUrl);
        settings.DashboardUrl = Url;
        OtlpUrl = Address(settings.OtlpUrl);
        var managed = Path.Combine(settings.AspireDirectory, "managed");
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = Url,
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = OtlpUrl,
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Address(null),
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = ServiceUrl,
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken",
            ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = settings.BrowserToken,
            ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = OtlpApiKey,
            ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = ServiceKey,
            ["DASHBOARD__API__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__API__PRIMARYAPIKEY"] = settings.BrowserToken,
            ["DASHBOARD__TELEMETRYLIMITS__MAXTRACECOUNT"] = "20000",
            ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1",
            ["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true",
        };
        var plan = new LaunchPlan(Path.Combine(managed, "aspire-managed"), managed, ["dashboard"], environment);
        await objects.CreateExecutableAsync(RunName, plan, [], cancellationToken);
    }

    public async Task StopAsync() => await service.StopAsync();

    public void Announce()
    {
        if (LoginUrl is { } login) Log.Login(logger, login);
    }

    private string Address(string? asked)
    {
        var port = asked is null || settings.RandomizePorts ? 0 : new Uri(asked.Replace("*", "localhost", StringComparison.Ordinal)).Port;
        return string.Create(CultureInfo.InvariantCulture, $"http://localhost:{(port == 0 ? ports.FreePort() : port)}");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Login to the dashboard at {Url}")]
        public static partial void Login(ILogger logger, string url);
    }
}
