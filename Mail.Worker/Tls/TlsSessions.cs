using System.Collections.Concurrent;
using System.Net;
using Mail.Core.Tls.Reports;
using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Tls;

/// <summary>Counts TLS sessions with MX hosts for reports, and writes the counts of domains that ask for them.</summary>
internal sealed partial class TlsSessions(
    TlsReportStore store, IDnsResolver resolver, IOptions<TlsReportOptions> options, TimeProvider clock, ILogger<TlsSessions> logger) : BackgroundService
{
    // What is more within one interval is not counted: a report is a help, and memory is needed.
    private const int Capacity = 50_000;

    private ConcurrentDictionary<TlsSessionCount, long> _counts = new();

    /// <param name="problem">In the words of RFC 8460 §4.3; null when all was as it should be.</param>
    public void Count(Target target, string? problem)
    {
        if (options.Value.From is null || target.Domain is not { } domain || _counts.Count >= Capacity)
            return;
        var count = TlsSessionCount.Of(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), domain, target.Tls, problem, target.Host,
            (target.EndPoint as IPEndPoint)?.Address.ToString());
        _counts.AddOrUpdate(count, 1, (_, before) => before + 1);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.From is null)
            return;
        using var timer = new PeriodicTimer(options.Value.CountInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await WriteAsync(stoppingToken);
    }

    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        var counts = Interlocked.Exchange(ref _counts, new());
        if (counts.IsEmpty)
            return;
        var wanted = new List<TlsSessionCount>();
        foreach (var ofDomain in counts.GroupBy(pair => pair.Key.Domain))
        {
            var asked = await resolver.ResolveTxtAsync(TlsRptRecord.NameFor(ofDomain.Key), cancellationToken);
            if (asked.IsFound && TlsRptRecord.Find(asked.Records) is not null)
                wanted.AddRange(ofDomain.Select(pair => pair.Key with { Sessions = pair.Value }));
        }
        try
        {
            if (wanted.Count > 0)
                await store.AddAsync(wanted, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            Log.SessionsNotCounted(logger, wanted.Count, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} counts of TLS sessions were not written, and are missing in reports: {Reason}")]
        public static partial void SessionsNotCounted(ILogger logger, int count, string reason);
    }
}
