using System.Diagnostics;
using Mail.Bench.Load;
using Mail.Bench.Peers;

namespace Mail.Bench;

/// <summary>Batches, and files of 100 MB up and down, with the memory that they cost the API.</summary>
internal static class ContentBench
{
    private const int Connections = 128;
    private const int WarmUp = 5_000;
    private const int Files = 4;
    private const int Attached = 40;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly int[] AtOnce = [1, 4];

    public static async Task RunAsync(TextWriter output, int messages)
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var system = await BenchSystem.StartAsync(sink.Port);
        // Files first: the memory that they take is seen best in a process that has had no other work.
        var files = new ResultTable("storage", "Storage: the same bytes to and from Azurite, without the API between.");
        await FilesAsync(files, system);
        await AttachedAsync(files, system, sink);
        files.Write(output, $"{Files} files of {FileBytes.Megabytes} MB, or {Attached} of {AttachedLoad.Megabytes} MB");

        var batches = new ResultTable("one by one", $"One by one: the same number of messages, {Connections} requests at a time.");
        await BatchesAsync(batches, system, sink, messages);
        batches.Write(output, $"{messages:N0} messages");
    }

    // The workers are not running: what is measured is accepting alone.
    private static async Task BatchesAsync(ResultTable table, BenchSystem system, SmtpSink sink, int messages)
    {
        var single = new RestLoad(system.ApiPort, system.ApiKey, Connections);
        using var batch = new BatchLoad(system.ApiPort, system.ApiKey);
        await batch.CreateTemplateAsync();
        await single.RunAsync(WarmUp, "warm");
        foreach (var kind in BatchLoad.Kinds)
            await batch.RunAsync(kind, WarmUp, "warm", 4);

        var alone = (await single.RunAsync(messages, "single")).PerSecond;
        foreach (var kind in BatchLoad.Kinds)
        {
            foreach (var atOnce in AtOnce)
            {
                var (before, cpu) = (system.Api.ResetPeak(), system.MeasureCpu(sink));
                var result = await batch.RunAsync(kind, messages, $"run{atOnce}", atOnce);
                table.Add($"{kind}, {BatchLoad.Items} items, {atOnce} at a time", result.PerSecond, alone,
                    $"p50 {result.Percentile(0.5):F0} ms, p99 {result.Percentile(0.99):F0} ms a request; API memory {Memory(system.Api, before)}");
                table.AddFact("", cpu.PerMessage(messages));
            }
        }
    }

    private static async Task FilesAsync(ResultTable table, BenchSystem system)
    {
        using var files = new FileLoad(system.ApiPort, system.ApiKey);
        var storage = new StorageLoad(system.Blobs);
        await storage.PrepareAsync();
        foreach (var way in FileLoad.Ways)
            await files.UploadAsync(way, 1, 1);
        await files.DownloadAsync(1, 1);

        foreach (var atOnce in AtOnce)
        {
            var direct = await storage.PutAsync(Files, atOnce);
            foreach (var way in FileLoad.Ways)
            {
                var before = system.Api.ResetPeak();
                var rate = await files.UploadAsync(way, Files, atOnce);
                table.Add($"upload, {way}, {atOnce} at a time", rate, direct, "API memory " + Memory(system.Api, before), " MB");
            }
            direct = await storage.GetAsync(Files, atOnce);
            var resting = system.Api.ResetPeak();
            var read = await files.DownloadAsync(Files, atOnce);
            table.Add($"download, {atOnce} at a time", read, direct, "API memory " + Memory(system.Api, resting), " MB");
        }
    }

    // Messages whose files are in the request, then messages whose file is an asset; one worker delivers both.
    private static async Task AttachedAsync(ResultTable table, BenchSystem system, SmtpSink sink)
    {
        using var load = new AttachedLoad(system.ApiPort, system.ApiKey);
        foreach (var atOnce in AtOnce)
        {
            var before = system.Api.ResetPeak();
            var rate = await load.InlineAsync(Attached / 2, atOnce);
            table.Add($"send, 20 MB in the request, {atOnce} at a time", rate, null, "API memory " + Memory(system.Api, before), " MB");
        }
        var resting = system.Api.ResetPeak();
        await load.UploadedAsync(Attached, AtOnce[^1]);
        table.AddFact("send, 20 MB of an asset", "API memory " + Memory(system.Api, resting));

        var (queued, received) = (await system.QueueDepthAsync(), sink.Received);
        await system.StartWorkersAsync(1);
        var (started, watch) = (system.Workers[0].ResetPeak(), Stopwatch.StartNew());
        await sink.WaitAsync(received + queued, Limit);
        table.Add("deliver, 20 MB attached, one worker", queued * AttachedLoad.Megabytes / watch.Elapsed.TotalSeconds, null,
            "worker memory " + Memory(system.Workers[0], started), " MB");
        await system.StopWorkersAsync();
    }

    private static string Memory(HostProcess process, double before) => $"{before:N0} MB before, {process.PeakMegabytes():N0} MB at most";
}
