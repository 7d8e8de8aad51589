using System.Diagnostics;
using System.Text;
using Aspire.Hosting.Testing;

namespace Mail.EndToEnd.Tests.Hosting;

/// <summary>The whole AppHost as a process of its own: whatever ends it, nothing it started outlives it.</summary>
public sealed class CleanUpTests : IDisposable
{
    private const string Mark = "MAIL_TEST_RUN";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly string[] Programs =
        ["/bin/postgres", "/azurite/", "Mail.Api", "Mail.Inbound", "Mail.Worker", "aspire-managed", "dcp"];

    private readonly TemporaryState _state = TemporaryState.Create();
    private readonly CancellationTokenSource _limit = new(Limit);
    private Process? _host;

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Nothing_outlives_the_AppHost(string signal)
    {
        var host = _host = StartAppHost();
        await UntilAsync(AllRun);
        using (var kill = Process.Start("kill", ["-s", signal, $"{host.Id}"])) await kill.WaitForExitAsync(_limit.Token);
        await host.WaitForExitAsync(_limit.Token);
        _host = null;
        await UntilAsync(() => Ours().Count == 0);
    }

    public void Dispose()
    {
        _host?.Kill(); // a failed test
        _limit.Dispose();
        _state.Dispose();
    }

    private Process StartAppHost()
    {
        // A test run in the background inherits that INT is ignored; the AppHost of a terminal does not.
        var start = new ProcessStartInfo("env")
        {
            ArgumentList =
            {
                "--default-signal=INT", "dotnet", new Projects.Mail_AppHost().AssemblyPath, "--environment=Development", "--DcpPublisher:RandomizePorts=true",
                $"--Hosting:State={_state.Directory}",
            },
            RedirectStandardOutput = true,
            Environment = { [Mark] = _state.Directory },
        };
        var host = Process.Start(start)!;
        host.OutputDataReceived += (_, _) => { };
        host.BeginOutputReadLine();
        return host;
    }

    /// <summary>The servers and every service of the product (Redis hides where it came from by renaming itself).</summary>
    private bool AllRun()
    {
        var ours = Ours();
        return Programs.All(program => ours.Any(command => command.Contains(program, StringComparison.Ordinal)))
            && ours.Count(command => Path.GetFileName(command.Split('\0')[0]) == "Mail.Worker") == 2;
    }

    /// <summary>Command lines of all processes that know this run's state directory, or inherited it: they were started below it.</summary>
    private IReadOnlyList<string> Ours() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(d => int.TryParse(Path.GetFileName(d), out var id) && id != Environment.ProcessId)
            .Select(d => (Command: Read($"{d}/cmdline"), Environment: Read($"{d}/environ")))
            .Where(p => p.Command.Contains(_state.Directory, StringComparison.Ordinal) || p.Environment.Contains(_state.Directory, StringComparison.Ordinal))
            .Select(p => p.Command)];

    private async Task UntilAsync(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!condition())
            if (!await TickAsync(tick))
                Assert.Fail("Still there:\n" + string.Join('\n', Ours().Select(c => c.Replace('\0', ' '))));
    }

    private async Task<bool> TickAsync(PeriodicTimer tick)
    {
        try
        {
            return await tick.WaitForNextTickAsync(_limit.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // the process has just ended
        }
    }
}
