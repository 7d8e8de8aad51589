namespace Aspire.Hosting.ApplicationModel;

public sealed class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<EnvironmentCallbackContext, Task> Callback { get; } = callback;
}

public sealed class EnvironmentCallbackContext(
    IDistributedApplicationBuilder builder, IResource resource, CancellationToken cancellationToken)
{
    internal IDistributedApplicationBuilder Builder { get; } = builder;

    public IResource Resource { get; } = resource;

    public Dictionary<string, object> EnvironmentVariables { get; } = [];

    public CancellationToken CancellationToken { get; } = cancellationToken;
}

public sealed class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}

public sealed class CommandLineArgsCallbackContext(CancellationToken cancellationToken)
{
    public IList<object> Args { get; } = [];

    public CancellationToken CancellationToken { get; } = cancellationToken;
}

public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

public enum WaitType
{
    WaitUntilHealthy = 0,
    WaitForCompletion = 1,
    WaitUntilStarted = 2,
}

public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public WaitType WaitType { get; } = waitType;

    public int ExitCode { get; } = exitCode;
}

public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public string Type { get; } = type;
}

/// <summary>One question to a running instance: does it answer? Upstream this is a health check registered in the services.</summary>
internal sealed class HealthProbeAnnotation(string key, Func<HealthProbeContext, CancellationToken, Task<string?>> check) : IResourceAnnotation
{
    public string Key { get; } = key;

    /// <summary>Answers null when healthy, otherwise the reason.</summary>
    public Func<HealthProbeContext, CancellationToken, Task<string?>> Check { get; } = check;
}

/// <summary>What a probe sees: the instance's own port of each endpoint, so that replicas are asked one by one.</summary>
internal sealed record HealthProbeContext(HttpClient Http, Func<string, int> PortOf);

/// <summary>The script that runs a server in place of a container, and where it keeps its data.</summary>
internal sealed class LocalServerAnnotation(string script, string endpointName) : IResourceAnnotation
{
    public string Script { get; } = script;

    public string EndpointName { get; } = endpointName;

    /// <summary>Folder below the state directory; null keeps data in memory only.</summary>
    public string? Volume { get; set; }

    public string? BindMount { get; set; }

    /// <summary>Work to do once the server answers, such as creating databases.</summary>
    public Func<CancellationToken, Task>? WhenReady { get; set; }
}

/// <summary>The configured connection string that replaces a started server.</summary>
internal sealed class ExistingServerAnnotation(string connectionString) : IResourceAnnotation
{
    public string ConnectionString { get; } = connectionString;
}
