namespace Mail.ServiceDefaults.Discovery;

/// <summary>Rewrites a request to a service name into one to the service's address.</summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpoints endpoints) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } uri) request.RequestUri = endpoints.Resolve(uri);
        return base.SendAsync(request, cancellationToken);
    }
}
