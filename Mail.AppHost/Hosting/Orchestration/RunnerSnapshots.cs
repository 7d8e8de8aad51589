using System.Collections.Immutable;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestration;

/// <summary>The snapshot of an instance at the turns of its life, with the property names that the dashboard knows.</summary>
internal static class RunnerSnapshots
{
    public const string Pid = "executable.pid";

    public static string TypeOf(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource or ContainerResource => "Executable",
        ParameterResource => "Parameter",
        _ => resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
    };

    public static CustomResourceSnapshot Starting(CustomResourceSnapshot before, IResource resource, LaunchPlan plan, DateTime now) => before with
    {
        State = KnownResourceStates.Starting,
        CreationTimeStamp = before.CreationTimeStamp ?? now,
        ExitCode = null,
        StopTimeStamp = null,
        Properties = [.. Properties(resource, plan)],
        EnvironmentVariables = [.. plan.Environment.Select(e => new EnvironmentVariableSnapshot(e.Key, e.Value, IsFromSpec: true))],
    };

    public static CustomResourceSnapshot Running(CustomResourceSnapshot before, ExecutableStatus status, DateTime now) => before with
    {
        State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
        StartTimeStamp = now,
        Properties = With(before.Properties, new(Pid, status.Pid!.Value)),
    };

    public static CustomResourceSnapshot Ended(CustomResourceSnapshot before, ExecutableStatus status, DateTime now) => before with
    {
        State = status.State switch
        {
            "FailedToStart" => new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
            "Finished" => new(KnownResourceStates.Finished, status.ExitCode is 0 ? KnownResourceStateStyles.Success : KnownResourceStateStyles.Error),
            _ => new(KnownResourceStates.Exited, null),
        },
        ExitCode = status.ExitCode,
        StopTimeStamp = now,
        Properties = With([.. before.Properties.Where(p => p.Name != Pid)], new("resource.exitCode", status.ExitCode)),
    };

    public static IEnumerable<RelationshipSnapshot> Relationships(IResource resource)
    {
        foreach (var relation in resource.Annotations.OfType<ResourceRelationshipAnnotation>())
            yield return new RelationshipSnapshot(relation.Resource.Name, relation.Type);
        if (resource is IResourceWithParent child) yield return new RelationshipSnapshot(child.Parent.Name, "Parent");
    }

    public static IEnumerable<UrlSnapshot> Urls(IResource resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is not null)
            .Select(e => new UrlSnapshot(e.Name, e.AllocatedEndpoint!.UriString, IsInternal: false)).Concat(AddedUrls(resource));

    private static IEnumerable<UrlSnapshot> AddedUrls(IResource resource)
    {
        var context = new ResourceUrlsCallbackContext(resource);
        foreach (var added in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
            added.Callback(context);
        return context.Urls.Select(url => new UrlSnapshot(null, url.Url, IsInternal: false) { DisplayText = url.DisplayText });
    }

    private static IEnumerable<ResourcePropertySnapshot> Properties(IResource resource, LaunchPlan plan)
    {
        yield return new("executable.path", plan.Command);
        yield return new("executable.workDir", plan.WorkingDirectory);
        yield return new("executable.args", plan.Arguments);
        if (resource.Annotations.OfType<IProjectMetadata>().FirstOrDefault() is { } project) yield return new("project.path", project.ProjectPath);
    }

    private static ImmutableArray<ResourcePropertySnapshot> With(
        ImmutableArray<ResourcePropertySnapshot> properties, ResourcePropertySnapshot added) =>
        [.. properties.Where(p => p.Name != added.Name), added];
}
