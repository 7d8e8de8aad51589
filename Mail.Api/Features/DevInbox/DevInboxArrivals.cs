using System.Collections.Concurrent;
using Mail.Core.Inbound;
using Mail.Core.Organizations;
using Npgsql;

namespace Mail.Api.Features.DevInbox;

/// <summary>Wakes the requests that wait for mail, over one LISTEN connection for the whole process.</summary>
internal sealed partial class DevInboxArrivals(DevInboxStore inbox, TimeProvider clock, ILogger<DevInboxArrivals> logger) : BackgroundService
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<OrganizationId, TaskCompletionSource> _waiting = new();

    /// <summary>Completes when the next mail of the organization arrives.</summary>
    public Task NextAsync(OrganizationId organization) =>
        _waiting.GetOrAdd(organization, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await inbox.ListenAsync(Wake, stoppingToken);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
            {
                // Waiting requests look for themselves meanwhile.
                Log.ConnectionLost(logger, error.Message);
            }
            await Task.Delay(ReconnectAfter, clock, stoppingToken);
        }
    }

    private void Wake(OrganizationId organization)
    {
        if (_waiting.TryRemove(organization, out var waiting))
            waiting.TrySetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Not told of new dev inbox mail right now: {Reason}")]
        public static partial void ConnectionLost(ILogger logger, string reason);
    }
}
