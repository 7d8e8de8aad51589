using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

public static class DistributedApplicationHostingTestingExtensions
{
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new(new SocketsHttpHandler()) { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var resource = app.Resource(resourceName);
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>();
        var endpoint = endpointName is null ? endpoints.First(e => e.UriScheme is "http" or "https") : endpoints.First(e => e.Name == endpointName);
        return new Uri(endpoint.AllocatedEndpoint?.UriString
            ?? throw new InvalidOperationException($"The endpoint '{endpoint.Name}' of '{resourceName}' is not allocated; start the application first."));
    }

    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        app.Resource(resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new ArgumentException($"Resource '{resourceName}' does not expose a connection string.", nameof(resourceName));

    private static IResource Resource(this DistributedApplication app, string name) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"Resource '{name}' not found.", nameof(name));
}

/// <summary>What tests of faults need beyond the public package: the processes behind a resource, and its log.</summary>
public static class ResourceInstances
{
    /// <summary>The present instances of a resource, in no order: id, and process id while it runs.</summary>
    public static IReadOnlyList<(string Id, int? ProcessId, CustomResourceSnapshot Snapshot)> GetInstances(
        this DistributedApplication app, string resourceName) =>
        [.. app.ResourceNotifications.Current
            .Where(e => string.Equals(e.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase))
            .Select(e => (e.ResourceId, ProcessIdOf(e.Snapshot), e.Snapshot))];

    /// <summary>The process of one instance; fails when it is not running.</summary>
    public static int GetProcessId(this DistributedApplication app, string resourceName, int index = 0) =>
        app.GetInstances(resourceName).OrderBy(i => i.Id, StringComparer.Ordinal).ElementAt(index).ProcessId
        ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Instance {index} of '{resourceName}' is not running."));

    public static int? ProcessIdOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value as int?;

    /// <summary>Starts, stops or restarts all instances of a resource, or the one with this id.</summary>
    public static async Task CommandAsync(
        this DistributedApplication app, string resourceNameOrId, string command, CancellationToken cancellationToken = default)
    {
        var result = await app.ResourceCommands.ExecuteCommandAsync(resourceNameOrId, command, cancellationToken);
        if (!result.Success) throw new InvalidOperationException(result.Message);
    }

    /// <summary>State, health and last console lines of every instance, for the message of a failed test.</summary>
    public static string Describe(this DistributedApplication app) =>
        string.Join('\n', app.ResourceNotifications.Current.OrderBy(e => e.ResourceId, StringComparer.Ordinal).Select(e =>
            $"{e.ResourceId}: {e.Snapshot.State?.Text}, exit code {e.Snapshot.ExitCode}, health {e.Snapshot.HealthStatus} "
            + string.Join("; ", e.Snapshot.HealthReports.Select(r => r.Description))
            + string.Concat(app.GetLog(e.ResourceId).TakeLast(5).Select(l => "\n    " + l))));

    /// <summary>The console output of an instance so far.</summary>
    public static IReadOnlyList<string> GetLog(this DistributedApplication app, string id) =>
        [.. app.Services.GetRequiredService<Orchestration.ResourceLogs>()[id].Snapshot().Select(l => l.Text)];
}
