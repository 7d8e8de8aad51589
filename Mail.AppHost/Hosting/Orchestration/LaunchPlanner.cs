using System.Globalization;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestration;

/// <summary>Works out command, arguments and environment of an instance, when everything it waits for is there.</summary>
internal sealed class LaunchPlanner(IDistributedApplicationBuilder builder, HostingSettings settings, DashboardProcess dashboard)
{
    public async Task<LaunchPlan> PlanAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var resource = instance.Resource;
        var environment = new EnvironmentCallbackContext(builder, resource, cancellationToken);
        if (resource is ProjectResource) AddProjectDefaults(instance, environment.EnvironmentVariables);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.PortVariable is not null))
            environment.EnvironmentVariables[endpoint.PortVariable!] = instance.PortOf(endpoint.Name);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(environment);
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment.EnvironmentVariables) variables[name] = await TextAsync(value, cancellationToken);

        var arguments = new CommandLineArgsCallbackContext(cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await annotation.Callback(arguments);
        var texts = new List<string>();
        foreach (var argument in arguments.Args) texts.Add(await TextAsync(argument, cancellationToken));

        return Plan(resource, texts, variables);
    }

    private LaunchPlan Plan(IResource resource, List<string> arguments, SortedDictionary<string, string> environment) => resource switch
    {
        ProjectResource project => PlanProject(project, arguments, environment),
        ExecutableResource executable => new LaunchPlan(executable.Command, executable.WorkingDirectory, arguments, environment),
        ContainerResource server when server.LocalServer() is { } local => new LaunchPlan(
            Path.Combine(settings.ScriptsDirectory, local.Script), settings.ScriptsDirectory,
            [DataDirectory(local), PublicPort(server, local.EndpointName), .. arguments], environment),
        _ => throw new DistributedApplicationException($"The resource '{resource.Name}' cannot be started by this host."),
    };

    private static LaunchPlan PlanProject(ProjectResource project, List<string> arguments, SortedDictionary<string, string> environment)
    {
        var metadata = project.Annotations.OfType<IProjectMetadata>().Single();
        var assembly = (metadata as IProjectOutput)?.AssemblyPath
            ?? throw new DistributedApplicationException($"The build output of '{metadata.ProjectPath}' is unknown.");
        if (!File.Exists(assembly)) throw new SetUpException($"{assembly} is missing; build the solution first.");
        var program = Path.ChangeExtension(assembly, null);
        var directory = Path.GetDirectoryName(metadata.ProjectPath)!;
        return File.Exists(program)
            ? new LaunchPlan(program, directory, arguments, environment)
            : new LaunchPlan("dotnet", directory, [assembly, .. arguments], environment);
    }

    private void AddProjectDefaults(ResourceInstance instance, Dictionary<string, object> environment)
    {
        var endpoints = instance.Resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var urls = endpoints.Where(e => e.UriScheme is "http" or "https").Select(e => $"{e.UriScheme}://localhost:{instance.PortOf(e.Name)}");
        environment["ASPNETCORE_URLS"] = string.Join(';', urls);
        environment["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        environment["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        environment["LOGGING__CONSOLE__FORMATTEROPTIONS__TIMESTAMPFORMAT"] = "yyyy-MM-ddTHH:mm:ss.fffffff ";
        AddTelemetry(instance, environment);
    }

    private void AddTelemetry(ResourceInstance instance, Dictionary<string, object> environment)
    {
        if (dashboard.OtlpUrl is not { } otlp) return;
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = otlp;
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={dashboard.OtlpApiKey}";
        environment["OTEL_SERVICE_NAME"] = instance.Resource.Name;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance.Suffix}";
        environment["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        environment["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        environment["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        environment["OTEL_TRACES_SAMPLER"] = builder.Configuration["OTEL_TRACES_SAMPLER"] ?? "always_on";
        if (builder.Configuration["OTEL_TRACES_SAMPLER_ARG"] is { } argument) environment["OTEL_TRACES_SAMPLER_ARG"] = argument;
        environment["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    }

    private string DataDirectory(LocalServerAnnotation server) =>
        server.BindMount ?? (server.Volume is { } volume ? Path.Combine(settings.StateDirectory, "data", volume) : "memory");

    private static string PublicPort(IResource resource, string endpoint) =>
        resource.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == endpoint)
            .AllocatedEndpoint!.Port.ToString(CultureInfo.InvariantCulture);

    private static async ValueTask<string> TextAsync(object value, CancellationToken cancellationToken) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(cancellationToken) ?? "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
