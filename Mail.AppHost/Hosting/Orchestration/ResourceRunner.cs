using System.Globalization;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestration;

/// <summary>What every runner uses.</summary>
internal sealed record RunnerServices(
    DcpObjects Objects, LaunchPlanner Planner, ResourceNotificationService Notifications, ResourceLogs Logs, HealthMonitor Health, TimeProvider Time);

/// <summary>
/// Keeps one instance in the wanted state: waits for what it needs, starts it, follows it, and starts it again when it
/// ends unasked. A resource that others wait to complete runs once.
/// </summary>
internal sealed class ResourceRunner(ResourceInstance instance, bool runsOnce, RunnerServices services)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private CancellationTokenSource? _beforeStart;
    private TaskCompletionSource _idle = Completed();
    private Run? _run;
    private Task _cleanUp = Task.CompletedTask;
    private bool _wanted;
    private TimeSpan _pause = FirstPause;

    public ResourceInstance Instance => instance;

    public IResource Resource => instance.Resource;

    public void Start()
    {
        lock (_gate)
        {
            _wanted = true;
            _pause = FirstPause;
            Signal();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Run? run;
        Task idle;
        lock (_gate)
        {
            _wanted = false;
            _beforeStart?.Cancel();
            run = _run;
            idle = _idle.Task;
        }
        if (run is not null)
        {
            await PublishAsync(s => s with { State = new(KnownResourceStates.Stopping, null) });
            await services.Objects.StopExecutableAsync(run.Name, cancellationToken);
        }
        await idle.WaitAsync(cancellationToken);
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        Start();
    }

    public void OnStatus(ExecutableStatus status)
    {
        Run? run;
        lock (_gate) run = _run;
        if (run?.Name == status.Name) run.OnStatus(status);
    }

    /// <summary>Runs until cancelled; then the orchestrator ends the process.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Task changed;
            CancellationTokenSource? beforeStart = null;
            lock (_gate)
            {
                changed = _changed.Task;
                if (_wanted)
                {
                    beforeStart = _beforeStart = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    _idle = NewSignal();
                }
            }
            if (beforeStart is null) await changed.WaitAsync(cancellationToken);
            else await RunOnceAsync(beforeStart, cancellationToken);
        }
        await _cleanUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunOnceAsync(CancellationTokenSource beforeStart, CancellationToken cancellationToken)
    {
        try
        {
            var plan = await PrepareAsync(beforeStart.Token);
            var started = services.Time.GetTimestamp();
            var last = await RunProcessAsync(plan, cancellationToken);
            if (services.Time.GetElapsedTime(started) > SteadyAfter) _pause = FirstPause;
            await AfterEndAsync(last, beforeStart.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await PublishAsync(s => s.StartTimeStamp is null ? s with { State = KnownResourceStates.NotStarted } : s);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever goes wrong here, in the application model's own callbacks too, is shown where people look for it.
            lock (_gate) _wanted = false;
            services.Logs[instance.Id].Append(e is DistributedApplicationException or SetUpException ? e.Message : e.ToString(), isError: true);
            await PublishAsync(s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) });
        }
        finally
        {
            lock (_gate)
            {
                _beforeStart = null;
                _idle.TrySetResult();
            }
            beforeStart.Dispose();
        }
    }

    private async Task<LaunchPlan> PrepareAsync(CancellationToken cancellationToken)
    {
        if (Resource.Annotations.OfType<WaitAnnotation>().Any())
        {
            await PublishAsync(s => s with { State = KnownResourceStates.Waiting });
            await services.Notifications.WaitForDependenciesAsync(Resource, cancellationToken);
        }
        var plan = await services.Planner.PlanAsync(instance, cancellationToken);
        await PublishAsync(s => RunnerSnapshots.Starting(s, Resource, plan, services.Time.GetUtcNow().UtcDateTime));
        return plan;
    }

    private async Task<ExecutableStatus> RunProcessAsync(LaunchPlan plan, CancellationToken cancellationToken)
    {
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = new Run(instance.NextRunName());
        lock (_gate)
        {
            if (!_wanted) throw new OperationCanceledException();
            _run = run;
        }
        try
        {
            var produces = Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsProxied)
                .Select(e => (EndpointAllocator.ServiceName(Resource, e), instance.PortOf(e.Name)));
            await services.Objects.CreateExecutableAsync(run.Name, plan, produces, cancellationToken);
            var first = await run.StartedOrEnded.WaitAsync(cancellationToken);
            var following = Task.WhenAll(FollowAsync(run.Name, false, cancellationToken), FollowAsync(run.Name, true, cancellationToken));
            var watching = Task.CompletedTask;
            if (!first.HasEnded)
            {
                await PublishAsync(s => RunnerSnapshots.Running(s, first, services.Time.GetUtcNow().UtcDateTime));
                watching = services.Health.WatchAsync(Resource, instance.Id, instance.PortOf, alive.Token);
            }
            var last = await run.Ended.WaitAsync(cancellationToken);
            await alive.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _cleanUp = CleanUpAsync(run.Name, following, cancellationToken);
            await PublishAsync(s => RunnerSnapshots.Ended(s, last, services.Time.GetUtcNow().UtcDateTime) with
            {
                HealthReports = [.. HealthMonitor.Initial(Resource)],
            });
            return last;
        }
        finally
        {
            lock (_gate) _run = null;
        }
    }

    /// <summary>The last lines take the orchestrator some seconds; the next run does not wait for them.</summary>
    private async Task CleanUpAsync(string run, Task following, CancellationToken cancellationToken)
    {
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested) await services.Objects.DeleteExecutableAsync(run, cancellationToken);
    }

    private async Task AfterEndAsync(ExecutableStatus last, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (runsOnce || (Resource is ExecutableResource && last.ExitCode == 0)) _wanted = false;
            if (!_wanted) return;
        }
        services.Logs[instance.Id].Append(
            string.Create(CultureInfo.InvariantCulture, $"Ended with exit code {last.ExitCode}; starting again in {_pause.TotalSeconds} s."), isError: true);
        await Task.Delay(_pause, services.Time, cancellationToken);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    private async Task FollowAsync(string run, bool standardError, CancellationToken cancellationToken)
    {
        var log = services.Logs[instance.Id];
        await foreach (var line in services.Objects.FollowLogAsync(run, standardError, cancellationToken)) log.Append(line, standardError);
    }

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        services.Notifications.PublishUpdateAsync(Resource, instance.Id, change);

    private void Signal()
    {
        var signalled = _changed;
        _changed = NewSignal();
        signalled.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Completed()
    {
        var signal = NewSignal();
        signal.SetResult();
        return signal;
    }

    private sealed class Run(string name)
    {
        private readonly TaskCompletionSource<ExecutableStatus> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ExecutableStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => name;

        public Task<ExecutableStatus> StartedOrEnded => _started.Task;

        public Task<ExecutableStatus> Ended => _ended.Task;

        public void OnStatus(ExecutableStatus status)
        {
            if (status.HasEnded || (status.State == "Running" && status.Pid is not null)) _started.TrySetResult(status);
            if (status.HasEnded) _ended.TrySetResult(status);
        }
    }
}
