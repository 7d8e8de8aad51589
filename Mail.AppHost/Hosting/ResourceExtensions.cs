using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() =>
        builder.AddResource(new ProjectResource(name))
            .WithAnnotation<IProjectMetadata>(new TProject());

    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
}

public static class ExecutableResourceBuilderExtensions
{
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args) =>
        builder.AddResource(new ExecutableResource(name, command, Path.GetFullPath(workingDirectory, builder.AppHostDirectory)))
            .WithArgs(args ?? []);
}

public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.Add(name, secret, () => throw new DistributedApplicationException(
            $"Parameter resource could not be used because configuration key 'Parameters:{name}' is missing and the Parameter has no default value."));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => value, secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.Add(name, secret, () => persist
            ? builder.Parameters().GetOrAdd(name, value.GetDefaultValue)
            : value.GetDefaultValue());

    internal static ParameterResource GeneratedPassword(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { Special = false }, secret: true, persist: true).Resource;

    private static IResourceBuilder<ParameterResource> Add(
        this IDistributedApplicationBuilder builder, string name, bool secret, Func<string> otherwise) =>
        builder.AddResource(new ParameterResource(name, _ => builder.Configuration[$"Parameters:{name}"] ?? otherwise(), secret));

    private static PersistedParameters Parameters(this IDistributedApplicationBuilder builder) =>
        new(new HostingSettings(builder.Configuration, builder.AppHostDirectory).StateDirectory);
}

public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression)
    : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    public ReferenceExpression ConnectionStringExpression { get; } = connectionStringExpression;
}

internal static class LocalServerExtensions
{
    /// <summary>A server started by a script; a configured connection string of the same name replaces it.</summary>
    public static IResourceBuilder<T> AddLocalServer<T>(
        this IDistributedApplicationBuilder builder, T resource, LocalServerAnnotation server, int? port) where T : ContainerResource =>
        builder.AddResource(resource)
            .WithAnnotation(server)
            .WithEndpoint(port, scheme: "tcp", name: server.EndpointName, isProxied: false)
            .UseExisting();

    public static IResourceBuilder<T> UseExisting<T>(this IResourceBuilder<T> builder) where T : IResource
    {
        var configured = builder.ApplicationBuilder.Configuration.GetConnectionString(builder.Resource.Name);
        return string.IsNullOrEmpty(configured) ? builder : builder.WithAnnotation(new ExistingServerAnnotation(configured));
    }

    public static string? ExistingConnectionString(this IResource resource) =>
        resource.Annotations.OfType<ExistingServerAnnotation>().FirstOrDefault()?.ConnectionString;

    public static LocalServerAnnotation? LocalServer(this IResource resource) =>
        resource.Annotations.OfType<LocalServerAnnotation>().FirstOrDefault();

    public static int Replicas(this IResource resource) =>
        resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
}
