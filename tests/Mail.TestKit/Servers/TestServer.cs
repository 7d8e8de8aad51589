using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mail.TestKit.Servers;

/// <summary>
/// A real server on a free loopback port with its data in memory, run by the script the AppHost uses. It ends with the test process.
/// </summary>
public abstract class TestServer(string script) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);
    private const int KeptLines = 100;
    private const int DeleteAttempts = 20;

    private readonly string _directory = TestDirectory.Next(script);
    private readonly ConcurrentQueue<string> _output = new();
    // Bound and not listening: beside it the server may listen, and nobody else is given the port, not even while the server is down.
    private readonly Socket _port = Reserve();
    private Process? _process;

    public int Port => ((IPEndPoint)_port.LocalEndPoint!).Port;

    public abstract string ConnectionString { get; }

    /// <summary>What the server printed last.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts it, or the stopped server with its old port and data, and returns when it answers.</summary>
    public async Task StartAgainAsync()
    {
        _process = Launch();
        using var deadline = new CancellationTokenSource(StartTimeout);
        while (!await AnswersAsync(deadline.Token))
        {
            if (_process.HasExited) throw new InvalidOperationException($"{script} ended with {_process.ExitCode}:\n{Output}");
            if (deadline.IsCancellationRequested) throw new TimeoutException($"{script} did not answer in time:\n{Output}");
            await Task.Delay(ProbeInterval, CancellationToken.None);
        }
    }

    /// <summary>Ends it in order (SIGTERM).</summary>
    public Task StopAsync() => EndAsync(process => Signals.Send(process.Id, Signals.Terminate));

    /// <summary>Ends the server itself by SIGKILL, as a crash would.</summary>
    public Task KillAsync() => EndAsync(process => Signals.Send(Signals.ServerBelow(process.Id), Signals.Kill));

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>It still accepts connections and never answers.</summary>
    public Task SuspendAsync() => Signals.PauseAsync(Signals.ServerBelow(_process!.Id));

    public void Resume() => Signals.Send(Signals.ServerBelow(_process!.Id), Signals.Continue);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        await DeleteDirectoryAsync();
        _port.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Further arguments of the script.</summary>
    protected virtual IEnumerable<string> Arguments => [];

    protected abstract Task<bool> AnswersAsync(CancellationToken cancellationToken);

    /// <summary>Processes of a killed server may write for a moment longer; what stays is swept at the end of the test process.</summary>
    private async Task DeleteDirectoryAsync()
    {
        for (var attempt = 0; attempt < DeleteAttempts; attempt++)
        {
            try
            {
                Directory.Delete(_directory, recursive: true);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(ProbeInterval);
            }
        }
    }

    private Process Launch()
    {
        var path = Path.Combine(Repository.Root, "Mail.AppHost", "Hosting", "scripts", script);
        var start = new ProcessStartInfo(path, [_directory, Port.ToString(), .. Arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _output.Enqueue(line);
        if (_output.Count > KeptLines) _output.TryDequeue(out _);
    }

    private async Task EndAsync(Action<Process> end)
    {
        var process = _process ?? throw new InvalidOperationException($"{script} does not run.");
        end(process);
        using var deadline = new CancellationTokenSource(StopTimeout);
        await process.WaitForExitAsync(deadline.Token);
        process.Dispose();
        _process = null;
    }

    private static Socket Reserve()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
