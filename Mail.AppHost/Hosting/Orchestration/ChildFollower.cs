using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>A database or blob store within a server: it runs while its server is healthy, and has its own check.</summary>
internal sealed class ChildFollower(ResourceNotificationService notifications, HealthMonitor health)
{
    public async Task FollowAsync(IResource child, IResource parent, CancellationToken cancellationToken)
    {
        CancellationTokenSource? alive = null;
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            if (change.Resource != parent) continue;
            var runs = change.Snapshot.State?.Text == KnownResourceStates.Running;
            if (runs && alive is null && change.Snapshot.HealthStatus == HealthStatus.Healthy)
            {
                alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await PublishAsync(child, new(KnownResourceStates.Running, KnownResourceStateStyles.Success));
                _ = health.WatchAsync(child, child.Name, _ => 0, alive.Token)
                    .ContinueWith(_ => { }, TaskScheduler.Default);
            }
            else if (!runs && change.Snapshot.State is { } state)
            {
                if (alive is not null) await alive.CancelAsync();
                alive = null;
                await PublishAsync(child, state);
            }
        }
    }

    private Task PublishAsync(IResource child, ResourceStateSnapshot state) =>
        notifications.PublishUpdateAsync(child, child.Name, s => s with { State = state, HealthReports = [.. HealthMonitor.Initial(child)] });
}
