using System.Diagnostics;
using System.Globalization;

namespace Mail.Bench.Peers;

/// <summary>Postfix's message sink, counting what arrives.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly Process _process;
    private long _received;

    private SmtpSink(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public int Id => _process.Id;

    public long Received => Volatile.Read(ref _received);

    public static async Task<SmtpSink> StartAsync()
    {
        var port = Ports.Free();
        // As root it wants to become somebody else.
        string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        var process = Process.Start(new ProcessStartInfo("/usr/sbin/smtp-sink", [.. user, "-c", $"127.0.0.1:{port}", "1000"])
        {
            RedirectStandardOutput = true,
        })!;
        var sink = new SmtpSink(process, port);
        _ = Task.Run(sink.CountAsync);
        await Ports.WaitAsync(port, TimeSpan.FromSeconds(10));
        return sink;
    }

    /// <summary>Returns once so many have arrived since the sink was started.</summary>
    public async Task WaitAsync(long messages, TimeSpan limit)
    {
        using var time = new CancellationTokenSource(limit);
        while (Received < messages)
            await Task.Delay(5, time.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // "sess=3 quit=2 mesg=17" over and over, each behind a carriage return; only the last whole one matters.
    private async Task CountAsync()
    {
        var buffer = new char[65_536];
        var kept = 0;
        while (await _process.StandardOutput.ReadAsync(buffer.AsMemory(kept)) is var read and > 0)
        {
            var text = buffer.AsSpan(0, kept + read);
            var end = text.LastIndexOf('\r');
            var field = end < 0 ? -1 : text[..end].LastIndexOf("mesg=");
            if (field >= 0 && long.TryParse(text[(field + 5)..end].TrimEnd(), CultureInfo.InvariantCulture, out var count))
                Volatile.Write(ref _received, count);
            var rest = text[(end + 1)..];
            kept = Math.Min(rest.Length, 256);
            rest[^kept..].CopyTo(buffer);
        }
    }
}
