using System.Diagnostics;
using System.Globalization;

namespace Mail.Bench;

/// <summary>A program of ours, or a script of the AppHost's, running for the bench; killed at its end.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;

    private bool _disposed;

    private HostProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static HostProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(program)!,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text && !program.EndsWith("run-postgres", StringComparison.Ordinal))
                Console.Error.WriteLine($"  [{Path.GetFileName(program)}] {text}");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new HostProcess(process);
    }

    public static async Task RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var host = Start(program, arguments, environment);
        await host._process.WaitForExitAsync();
        if (host._process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {host._process.ExitCode}.");
    }

    /// <summary>The most memory it has had, in MB, since it started or since <see cref="ResetPeak"/>.</summary>
    public double PeakMegabytes() => Megabytes("VmHWM:");

    /// <summary>Begins a new peak at what it has now, and returns that, in MB.</summary>
    public double ResetPeak()
    {
        // proc(5): 5 resets the peak resident set size.
        File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");
        return Megabytes("VmRSS:");
    }

    private double Megabytes(string field)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
