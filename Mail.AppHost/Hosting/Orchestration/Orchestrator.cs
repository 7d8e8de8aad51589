using System.Collections.Concurrent;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Brings the application model to life, and takes it down: services first, servers last.</summary>
internal sealed partial class Orchestrator(
    DistributedApplicationModel model,
    DcpServer server,
    DcpObjects objects,
    EndpointAllocator endpoints,
    LaunchPlanner planner,
    ResourceNotificationService notifications,
    ResourceLogs logs,
    HealthMonitor health,
    DashboardProcess dashboard,
    IDistributedApplicationEventing eventing,
    IServiceProvider provider,
    TimeProvider time,
    ILogger<Orchestrator> logger) : IHostedService
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, ResourceRunner> _runners = new(StringComparer.Ordinal);
    private readonly List<Task> _work = [];

    public IReadOnlyList<ResourceRunner> RunnersOf(string idOrName) =>
        [.. _runners.Values.Where(r => r.Instance.Id == idOrName || r.Resource.Name == idOrName)];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken);
        var started = model.Resources.Where(IsStarted).ToList();
        await endpoints.AllocateAsync(started, cancellationToken);
        await dashboard.StartAsync(cancellationToken);
        var services = new RunnerServices(objects, planner, notifications, logs, health, time);
        foreach (var resource in started) await AddAsync(resource, services);
        foreach (var resource in model.Resources.Except(started)) await ShowAsync(resource);
        _work.Add(WatchAsync(_stopping.Token));
        foreach (var runner in _runners.Values) Launch(runner);
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(provider, model), cancellationToken);
        dashboard.Announce();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (servers, others) = (Where(IsServer), Where(r => !IsServer(r)));
            await Task.WhenAll(others.Select(r => r.StopAsync(cancellationToken)));
            await Task.WhenAll(servers.Select(r => r.StopAsync(cancellationToken)));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Log.StoppedRoughly(logger, e.Message);
        }
        await _stopping.CancelAsync();
        await Task.WhenAll(_work);
        await dashboard.StopAsync();
        await server.DisposeAsync();
    }

    private IEnumerable<ResourceRunner> Where(Func<ResourceRunner, bool> condition) => _runners.Values.Where(condition);

    private static bool IsServer(ResourceRunner runner) => runner.Resource is ContainerResource;

    /// <summary>A server is not started when it, or everything that is in it, is configured to be elsewhere.</summary>
    private bool IsStarted(IResource resource)
    {
        if (resource is not (ProjectResource or ExecutableResource or ContainerResource)) return false;
        if (resource.ExistingConnectionString() is not null) return false;
        var children = model.Resources.OfType<IResourceWithParent>().Where(c => c.Parent == resource).ToList();
        return resource.LocalServer() is null || children.Count == 0 || children.Any(c => c.ExistingConnectionString() is null);
    }

    private async Task AddAsync(IResource resource, RunnerServices services)
    {
        var runsOnce = model.Resources.SelectMany(r => r.Annotations.OfType<WaitAnnotation>())
            .Any(w => w.Resource == resource && w.WaitType == WaitType.WaitForCompletion);
        for (var index = 0; index < resource.Replicas(); index++)
        {
            var runner = new ResourceRunner(new ResourceInstance(resource, index), runsOnce, services);
            _runners[runner.Instance.Id] = runner;
            await notifications.PublishUpdateAsync(resource, runner.Instance.Id, s => Describe(s, resource) with
            {
                State = KnownResourceStates.NotStarted,
                Urls = [.. RunnerSnapshots.Urls(resource)],
            });
        }
    }

    private void Launch(ResourceRunner runner)
    {
        if (!runner.Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any()) runner.Start();
        _work.Add(GuardAsync(runner));
    }

    private async Task GuardAsync(ResourceRunner runner)
    {
        try
        {
            await runner.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // A bug in this host must not go unseen: the resource stays as it is, and the log says why.
            Log.RunnerFailed(logger, runner.Resource.Name, e);
        }
    }

    /// <summary>What has no process of its own: databases and containers within a server, parameters, servers elsewhere.</summary>
    private async Task ShowAsync(IResource resource)
    {
        var state = resource is ParameterResource ? KnownResourceStates.Running : KnownResourceStates.NotStarted;
        await notifications.PublishUpdateAsync(resource, resource.Name, s => Describe(s, resource) with
        {
            State = state,
            IsHidden = resource is ParameterResource,
        });
        if (resource is not ParameterResource) _work.Add(FollowAsync(resource));
    }

    private async Task FollowAsync(IResource resource)
    {
        try
        {
            var parent = (resource as IResourceWithParent)?.Parent;
            if (parent is not null && resource.ExistingConnectionString() is null && IsStarted(parent))
                await new ChildFollower(notifications, health).FollowAsync(resource, parent, _stopping.Token);
            await notifications.PublishUpdateAsync(
                resource, resource.Name, s => s with { State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success) });
            await health.WatchAsync(resource, resource.Name, _ => 0, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private CustomResourceSnapshot Describe(CustomResourceSnapshot snapshot, IResource resource) => snapshot with
    {
        // The dashboard shows nothing at all when one resource lacks its time of creation.
        CreationTimeStamp = time.GetUtcNow().UtcDateTime,
        ResourceType = RunnerSnapshots.TypeOf(resource),
        HealthReports = [.. HealthMonitor.Initial(resource)],
        Relationships = [.. RunnerSnapshots.Relationships(resource)],
    };

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var status in objects.WatchExecutablesAsync(cancellationToken))
                    foreach (var runner in _runners.Values) runner.OnStatus(status);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                Log.WatchBroke(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Resource {Resource} is no longer looked after")]
        public static partial void RunnerFailed(ILogger logger, string resource, Exception exception);

        [LoggerMessage(LogLevel.Warning, "Not everything stopped by itself: {Reason}")]
        public static partial void StoppedRoughly(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The watch on the orchestrator broke off and is taken up again: {Reason}")]
        public static partial void WatchBroke(ILogger logger, string reason);
    }
}
