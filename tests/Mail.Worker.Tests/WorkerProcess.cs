using System.Diagnostics;
using Mail.TestKit.Servers;
using Mail.Worker.Tests.Webhooks;

namespace Mail.Worker.Tests;

/// <summary>The worker as a process of its own, which can be killed and paused.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int LastLines = 60;

    private readonly Process _process;
    // Read, so that the process never waits for us.
    private readonly Task<string> _output;

    private WorkerProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
    }

    public static WorkerProcess Start(string database, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerName).Assembly.Location]) { RedirectStandardOutput = true };
        var environment = start.Environment;
        environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        environment["ConnectionStrings__maildb"] = database;
        environment["ConnectionStrings__blobs"] = WorkerSystem.NoBlobs;
        environment["Mail__Secrets__MasterKey"] = WebhookSystem.MasterKey;
        environment["Mail__Delivery__Mode"] = "smarthost";
        environment["Mail__Delivery__Smarthost"] = "127.0.0.1:1";
        foreach (var (key, value) in settings)
            environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and as long as it takes to end.</summary>
    public async Task StopAsync()
    {
        Signals.Send(_process.Id, Signals.Terminate);
        await _process.WaitForExitAsync();
    }

    /// <summary>What its names in leases have in them.</summary>
    public int Id => _process.Id;

    /// <summary>SIGSTOP.</summary>
    public Task PauseAsync() => Signals.PauseAsync(_process.Id);

    public void Continue() => Signals.Send(_process.Id, Signals.Continue);

    /// <summary>Whether it runs, and if not, what it said last.</summary>
    public string Describe() => _process.HasExited
        ? $"the worker ended with {_process.ExitCode}:\n{string.Join('\n', _output.GetAwaiter().GetResult().Split('\n').TakeLast(LastLines))}"
        : "the worker runs";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
    }
}
