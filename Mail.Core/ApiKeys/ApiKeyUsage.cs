using System.Collections.Concurrent;
using Mail.Core.Organizations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Mail.Core.ApiKeys;

/// <summary>
/// Remembers when keys were used and writes it down from time to time: no request waits for it, and a key costs at
/// most one update a minute.
/// </summary>
public sealed partial class ApiKeyUsage(ApiKeyStore store, TimeProvider clock, ILogger<ApiKeyUsage> logger) : BackgroundService
{
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ApiKeyId, Use> _uses = new();

    /// <summary>Costs a look-up; called for every request.</summary>
    internal void Record(Caller caller)
    {
        if (caller.ApiKey is not { } key)
            return;
        var use = _uses.GetOrAdd(key, static (_, organization) => new Use(organization), caller.Organization);
        Volatile.Write(ref use.LastTicks, clock.GetUtcNow().UtcTicks);
    }

    /// <summary>Writes what is new; keys that were written within the last minute wait, unless the process stops.</summary>
    internal async Task FlushAsync(bool all, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcTicks;
        List<(OrganizationId Organization, ApiKeyId Key, DateTimeOffset At, Use Use)> due = [];
        foreach (var (key, use) in _uses)
        {
            var last = Volatile.Read(ref use.LastTicks);
            var waits = now - use.WrittenTicks < WriteEvery.Ticks;
            if (last > use.WrittenTicks && (all || !waits))
                due.Add((use.Organization, key, new DateTimeOffset(last, TimeSpan.Zero), use));
            else if (last <= use.WrittenTicks && !waits)
                _uses.TryRemove(KeyValuePair.Create(key, use));
        }
        if (due.Count == 0)
            return;
        await store.RecordUseAsync(due.ConvertAll(item => (item.Organization, item.Key, item.At)), cancellationToken);
        foreach (var item in due)
            item.Use.WrittenTicks = item.At.UtcTicks;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryFlushAsync(all: false, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What the last minute saw is not lost by a stop.
        }
        await TryFlushAsync(all: true, CancellationToken.None);
    }

    private async Task TryFlushAsync(bool all, CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(all, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            // It stays remembered and is written with the next round.
            Log.UseNotWritten(logger, error.Message);
        }
    }

    private sealed class Use(OrganizationId organization)
    {
        public OrganizationId Organization => organization;
        public long LastTicks;
        public long WrittenTicks;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The last use of API keys could not be written: {Reason}")]
        public static partial void UseNotWritten(ILogger logger, string reason);
    }
}
