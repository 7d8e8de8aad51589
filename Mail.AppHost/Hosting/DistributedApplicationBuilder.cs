using System.Collections.ObjectModel;
using System.Reflection;
using System.Security.Cryptography;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        _host = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ContentRootPath = AppHostDirectory,
            ApplicationName = "Mail.AppHost",
        });
        if (string.IsNullOrEmpty(Configuration["AppHost:BrowserToken"]))
            Configuration["AppHost:BrowserToken"] = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        _host.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(40));
        Settings = new HostingSettings(Configuration, AppHostDirectory) { DashboardDisabled = options.DisableDashboard };
        AddHostingServices();
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; } = AppHostAssemblyInstance.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "AppHostProjectPath").Value!.TrimEnd('/');

    public Assembly? AppHostAssembly => AppHostAssemblyInstance;

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public IResourceCollection Resources { get; } = new ResourceCollection();

    internal HostingSettings Settings { get; }

    private static Assembly AppHostAssemblyInstance => typeof(DistributedApplicationBuilder).Assembly;

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (Resources.Any(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException($"Cannot add resource of type '{typeof(T)}' with name '{resource.Name}' because a resource with that name already exists.");
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        DistributedApplicationEntryPoint.Built(this);
        return BuildHost();
    }

    internal DistributedApplication BuildHost() => new(_host.Build());

    private void AddHostingServices()
    {
        Services.AddSingleton<IDistributedApplicationBuilder>(this);
        Services.AddSingleton(Settings);
        Services.AddSingleton(Eventing);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<DistributedApplicationModel>(_ => new DistributedApplicationModel(Resources));
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton<ResourceCommandService>();
        Services.AddSingleton<ResourceLogs>();
        Services.AddSingleton<DcpServer>();
        Services.AddSingleton<DcpObjects>();
        Services.AddSingleton<EndpointAllocator>();
        Services.AddSingleton<LaunchPlanner>();
        Services.AddSingleton<HealthMonitor>();
        Services.AddSingleton<DashboardServiceHost>();
        Services.AddSingleton<DashboardProcess>();
        Services.AddSingleton<Orchestrator>();
        Services.AddHostedService(s => s.GetRequiredService<Orchestrator>());
    }

    private sealed class ResourceCollection : Collection<IResource>, IResourceCollection;
}

public class DistributedApplicationModel(IResourceCollection resources)
{
    public IResourceCollection Resources { get; } = resources;
}
