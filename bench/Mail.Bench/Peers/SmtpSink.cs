using System.Diagnostics;
using System.Globalization;
using System.Text;

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

    public long Received => Volatile.Read(ref _received);

    public static async Task<SmtpSink> StartAsync()
    {
        var port = Ports.Free();
        var process = Process.Start(new ProcessStartInfo("/usr/sbin/smtp-sink", ["-c", $"127.0.0.1:{port}", "1000"])
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

    // "sess=3 quit=2 mesg=17" over and over, each behind a carriage return.
    private async Task CountAsync()
    {
        var text = new StringBuilder();
        var buffer = new char[4_096];
        while (await _process.StandardOutput.ReadAsync(buffer) is var read and > 0)
        {
            text.Append(buffer, 0, read);
            var all = text.ToString();
            var last = all.LastIndexOf("mesg=", StringComparison.Ordinal);
            if (last < 0)
                continue;
            var digits = new string([.. all.Skip(last + 5).TakeWhile(char.IsAsciiDigit)]);
            var isWhole = last + 5 + digits.Length < all.Length;
            if (isWhole)
                Volatile.Write(ref _received, long.Parse(digits, CultureInfo.InvariantCulture));
            text.Remove(0, isWhole ? last + 5 + digits.Length : last);
        }
    }
}
