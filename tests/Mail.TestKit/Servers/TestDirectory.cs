using System.Diagnostics;

namespace Mail.TestKit.Servers;

/// <summary>One folder per test process, removed after its end even when that end is SIGKILL.</summary>
internal static class TestDirectory
{
    private const string SharedMemory = "/dev/shm";

    // Leaves our pipes (tail ends when its reader does), waits for the test process, then for the servers (each holds the lock in its folder), then removes everything.
    private const string Sweep =
        """exec >/dev/null 2>&1; tail --pid="$1" -f /dev/null; for lock in "$2"/*/lock; do [ ! -e "$lock" ] || flock --timeout 30 "$lock" true; done; for try in {1..60}; do rm -rf "$2" && break; sleep 1; done""";

    private static readonly Lazy<string> Root = new(CreateRoot);
    private static int _count;

    public static string Next(string name)
    {
        var path = Path.Combine(Root.Value, $"{name}-{Interlocked.Increment(ref _count)}");
        Directory.CreateDirectory(path);
        return path;
    }

    private static string CreateRoot()
    {
        var root = Path.Combine(Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath(), $"mail-tests-{Environment.ProcessId}-{Random.Shared.Next():x}");
        Directory.CreateDirectory(root);
        var start = new ProcessStartInfo("setsid", ["bash", "-c", Sweep, "sweep", Environment.ProcessId.ToString(), root])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var sweeper = Process.Start(start) ?? throw new InvalidOperationException("The sweeper of test folders did not start.");
        return root;
    }
}
