using System.Security.Cryptography;

namespace Aspire.Hosting.Orchestration;

/// <summary>One replica of a resource. Its id stays the same over restarts; each run has a name of its own at the orchestrator.</summary>
internal sealed class ResourceInstance(IResource resource, int index)
{
    private int _runs;

    public IResource Resource { get; } = resource;

    public int Index { get; } = index;

    public string Suffix { get; } = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 8);

    public string Id => $"{Resource.Name}-{Suffix}";

    public int PortOf(string endpoint) =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.Name == endpoint) is { } found
            ? found.InstancePorts[Index]
            : throw new DistributedApplicationException($"The endpoint '{endpoint}' of the resource '{Resource.Name}' does not exist.");

    public string NextRunName() => $"{Id}-{++_runs}";
}
