using Mail.Core.Sandbox;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Sandbox;

/// <summary>
/// Does what is due in the sandbox: sends reports, opens mail, follows links. Each is leased; one that fails or whose
/// worker dies is done again later, and whoever gets it takes it once.
/// </summary>
internal sealed partial class SandboxLoop(
    SandboxStore store, SandboxReports reports, SandboxReader reader, SandboxContext context, ILogger<SandboxLoop> logger) : BackgroundService
{
    private const int BatchSize = 20;
    private const int MaxTries = 10;
    // Longer than an attempt can take; it is the wait before the next one too.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(40);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!context.Domain.IsOn)
            return;
        using var timer = new PeriodicTimer(context.Options.Value.PollInterval, context.Clock);
        do
        {
            try
            {
                while (await StepAsync(stoppingToken) == BatchSize)
                    stoppingToken.ThrowIfCancellationRequested();
            }
            catch (NpgsqlException error)
            {
                Log.NotClaimed(logger, error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> StepAsync(CancellationToken stoppingToken)
    {
        var claimed = await store.ClaimAsync(BatchSize, Lease, stoppingToken);
        await Task.WhenAll(claimed.Select(item => DoAsync(item, stoppingToken)));
        return claimed.Count;
    }

    private async Task DoAsync(ClaimedFollowUp claimed, CancellationToken stoppingToken)
    {
        var followUp = claimed.FollowUp;
        var problem = await TryAsync(followUp, stoppingToken);
        if (problem is not null)
            Log.Failed(logger, followUp.Kind, followUp.Recipient.Message, problem);
        if (problem is null || claimed.Try >= MaxTries)
            await store.EndAsync(claimed, CancellationToken.None);
    }

    private async Task<string?> TryAsync(SandboxFollowUp followUp, CancellationToken stoppingToken)
    {
        using var timeout = new CancellationTokenSource(AttemptTimeout, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stoppingToken);
        try
        {
            return followUp.Kind switch
            {
                SandboxFollowUpKind.Bounce or SandboxFollowUpKind.Complaint => await reports.SendAsync(followUp, either.Token),
                SandboxFollowUpKind.Open or SandboxFollowUpKind.Click => await reader.VisitAsync(followUp, either.Token),
                _ => throw new InvalidOperationException($"No follow-up: {followUp.Kind}."),
            };
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return "it took too long";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Nothing was claimed of the sandbox: {Reason}")]
        public static partial void NotClaimed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The sandbox could not do its {Kind} of {Message}: {Reason}")]
        public static partial void Failed(ILogger logger, SandboxFollowUpKind kind, Core.Messages.MessageId message, string reason);
    }
}

/// <summary>What the loop runs in.</summary>
internal sealed record SandboxContext(SandboxDomain Domain, IOptions<SandboxOptions> Options, TimeProvider Clock);
