using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Where this host keeps things, and the settings it shares by name with the Aspire packages.</summary>
internal sealed class HostingSettings(IConfiguration configuration, string appHostDirectory)
{
    private readonly string _root = Path.GetDirectoryName(appHostDirectory)!;

    /// <summary>The state of one running application: data of the servers, generated parameters, sessions.</summary>
    public string StateDirectory => configuration["Hosting:State"] ?? Path.Combine(_root, ".mail");

    /// <summary>The unpacked orchestrator and dashboard; shared by all applications of a checkout.</summary>
    public string AspireDirectory => Path.Combine(_root, ".mail", "aspire", "bundle");

    public string ScriptsDirectory => Path.Combine(appHostDirectory, "Hosting", "scripts");

    /// <summary>Every port is a free one instead of the asked one, so that several applications run at once.</summary>
    public bool RandomizePorts => configuration.GetValue<bool>("DcpPublisher:RandomizePorts");

    public bool DashboardDisabled { get; init; }

    public string BrowserToken => configuration["AppHost:BrowserToken"]!;

    /// <summary>Address of the dashboard; port 0 stands for a free one.</summary>
    public string? DashboardUrl
    {
        get => configuration["ASPNETCORE_URLS"]?.Split(';')[0];
        set => configuration["ASPNETCORE_URLS"] = value;
    }

    public string? OtlpUrl => configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"];
}
