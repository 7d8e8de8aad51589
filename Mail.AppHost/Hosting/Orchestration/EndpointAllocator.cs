using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestration;

/// <summary>Decides every port before the first process starts, so that each can be told about all others.</summary>
internal sealed class EndpointAllocator(HostingSettings settings, DcpObjects objects)
{
    // Below the range from which the kernel takes the ports of outgoing connections.
    private const int LowestPort = 20_000, HighestPort = 32_000;

    private readonly HashSet<int> _taken = [];

    public async Task AllocateAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken)
    {
        foreach (var resource in resources)
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
                await AllocateAsync(resource, endpoint, cancellationToken);
    }

    public static string ServiceName(IResource resource, EndpointAnnotation endpoint) => $"{resource.Name}-{endpoint.Name}";

    public int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(LowestPort, HighestPort);
            if (IsFree(port) && _taken.Add(port)) return port;
        }
    }

    private async Task AllocateAsync(IResource resource, EndpointAnnotation endpoint, CancellationToken cancellationToken)
    {
        var replicas = resource.Replicas();
        if (!endpoint.IsProxied && replicas > 1)
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' uses multiple replicas and a proxy-less endpoint '{endpoint.Name}'. These features do not work together.");
        var port = settings.RandomizePorts || endpoint.Port is null ? FreePort() : endpoint.Port.Value;
        EnsureFree(resource, endpoint, port);
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, endpoint.TargetHost, port);
        if (endpoint.IsProxied)
        {
            endpoint.InstancePorts = [.. Enumerable.Range(0, replicas).Select(_ => FreePort())];
            await objects.CreateServiceAsync(ServiceName(resource, endpoint), port, cancellationToken);
        }
        else
        {
            endpoint.InstancePorts = [port];
        }
    }

    private static void EnsureFree(IResource resource, EndpointAnnotation endpoint, int port)
    {
        if (!IsFree(port))
            throw new SetUpException(
                $"Port {port}, wanted for '{endpoint.Name}' of '{resource.Name}', is in use by another program. Stop it, or choose another port.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
