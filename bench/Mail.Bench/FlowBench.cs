using System.Diagnostics;
using Mail.Bench.Load;
using Mail.Bench.Peers;

namespace Mail.Bench;

/// <summary>The whole system under load, and Postfix doing the same work beside it.</summary>
internal static class FlowBench
{
    private const int Statements = 16;
    private const int Connections = 128;
    private const int Batches = 4;
    private const int ManyDomains = 10_000;
    // The runtime compiles what is hot only after it has seen it some thousand times.
    private const int WarmUp = 30_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(ResultTable table, int messages, bool withPeers, bool withStatements)
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var system = await BenchSystem.StartAsync(sink.Port);
        var load = new RestLoad(system.ApiPort, system.ApiKey, Connections);
        await load.RunAsync(WarmUp, "warm");

        await AcceptAsync(table, system, sink, load, messages, withPeers ? await PostfixAcceptAsync(sink, messages) : null);
        await DrainAsync(table, system, sink);
        if (withStatements)
            await system.ResetStatementsAsync();
        var (signing, plain) = withPeers
            ? (await PostfixRelayAsync(sink, messages, signs: true), await PostfixRelayAsync(sink, messages, signs: false)) : ((double?)null, (double?)null);
        await EndToEndAsync(table, "API call to sink, DKIM-signed", system, sink, run => load.RunAsync(messages, run), messages, (signing, plain));
        if (withStatements)
        {
            foreach (var (time, calls, text) in await system.StatementsAsync(Statements))
                table.AddFact("", $"{time / messages:F4} ms/message, {(double)messages / calls,7:F1} messages a call: {text}");
        }
        var spread = new RestLoad(system.ApiPort, system.ApiKey, Connections) { Domains = ManyDomains };
        await EndToEndAsync(table, $"the same, to {ManyDomains:N0} domains", system, sink, run => spread.RunAsync(messages, run), messages);
        using var batches = new BatchLoad(system.ApiPort, system.ApiKey);
        await EndToEndAsync(table, $"the same, in batches of {BatchLoad.Items}", system, sink, run => batches.RunAsync("batch", messages, run, Batches), messages, (signing, plain));
        await system.SignWithEd25519Async();
        await load.RunAsync(WarmUp, "warm Ed25519");
        await SettleAsync(system);
        await EndToEndAsync(table, "the same, signed with Ed25519", system, sink, run => load.RunAsync(messages, run), messages, (null, plain));
        var memory = $"API {system.Api.PeakMegabytes():N0}, workers " + string.Join(" and ", system.Workers.Select(worker => $"{worker.PeakMegabytes():N0}"));
        table.AddFact("peak memory, MB", memory);
    }

    // The workers are not running: what is measured is accepting alone.
    private static async Task AcceptAsync(
        ResultTable table, BenchSystem system, SmtpSink sink, RestLoad load, int messages, double? postfix)
    {
        var cpu = system.MeasureCpu(sink);
        var result = await load.RunAsync(messages, "accept");
        table.Add("accept by REST, durable", result.PerSecond, postfix,
            $"{Connections} connections, p50 {result.Percentile(0.5):F1} ms, p99 {result.Percentile(0.99):F1} ms");
        table.AddFact("", cpu.PerMessage(messages));
    }

    private static async Task DrainAsync(ResultTable table, BenchSystem system, SmtpSink sink)
    {
        var (queued, before) = (await system.QueueDepthAsync(), sink.Received);
        var watch = Stopwatch.StartNew();
        await system.StartWorkersAsync(1);
        await sink.WaitAsync(before + queued, Limit);
        table.Add("deliver what is queued, DKIM-signed", queued / watch.Elapsed.TotalSeconds, null, "one worker, its start included");
        await SettleAsync(system);
    }

    private static async Task EndToEndAsync(
        ResultTable table, string name, BenchSystem system, SmtpSink sink, Func<string, Task> send, int messages, (double? Signing, double? Plain) postfix = default)
    {
        var before = sink.Received;
        var written = await system.WrittenAsync();
        var cpu = system.MeasureCpu(sink);
        var watch = Stopwatch.StartNew();
        await send(name);
        await sink.WaitAsync(before + messages, Limit);
        var rate = messages / watch.Elapsed.TotalSeconds;
        var signing = postfix.Signing is null ? "" : "Postfix signs with OpenDKIM; ";
        table.Add(name, rate, postfix.Signing, postfix.Plain is { } plain ? $"{signing}unsigned it relays {plain:N0}/s, {rate / plain:F1} x" : "");
        table.AddFact("", cpu.PerMessage(messages));
        await SettleAsync(system);
        var (wal, stored) = await system.WrittenAsync();
        table.AddFact("", $"KB/message: WAL {(wal - written.Wal) / 1024.0 / messages:F1}, stored {(stored - written.Stored) / 1024.0 / messages:F1}");
    }

    private static async Task<double> PostfixAcceptAsync(SmtpSink sink, int messages)
    {
        await using var postfix = await Postfix.StartAsync(sink.Port, holds: true);
        return await SmtpSource.RunAsync(postfix.Port, messages, 2_048, "shop@demo.test", "user@example.com");
    }

    private static async Task<double> PostfixRelayAsync(SmtpSink sink, int messages, bool signs)
    {
        await using var signer = signs ? await OpenDkim.StartAsync("demo.test") : null;
        await using var postfix = await Postfix.StartAsync(sink.Port, holds: false, signer);
        var before = sink.Received;
        var watch = Stopwatch.StartNew();
        await SmtpSource.RunAsync(postfix.Port, messages, 2_048, "shop@demo.test", "user@example.com");
        await sink.WaitAsync(before + messages, Limit);
        return messages / watch.Elapsed.TotalSeconds;
    }

    // What the sink has, the database learns a moment later.
    private static async Task SettleAsync(BenchSystem system)
    {
        using var time = new CancellationTokenSource(Limit);
        while (await system.QueueDepthAsync() > 0)
            await Task.Delay(20, time.Token);
    }
}
