using System.Runtime.InteropServices;

namespace Mail.TestKit.Servers;

public static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;

    private const int Stop = 19;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(1);

    public static void Send(int process, int signal)
    {
        if (kill(process, signal) != 0) throw new InvalidOperationException($"Signal {signal} to process {process} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>SIGSTOP. Ends when all threads stand still: on a busy machine they go on for a while after the signal is sent.</summary>
    public static async Task PauseAsync(int process)
    {
        Send(process, Stop);
        using var deadline = new CancellationTokenSource(Deadline);
        while (!Directory.GetDirectories($"/proc/{process}/task").All(IsStopped))
            await Task.Delay(ProbeInterval, deadline.Token);
    }

    /// <summary>The server below a run-* script: its child that is not the watcher of the script's parent.</summary>
    public static int ServerBelow(int script)
    {
        var children = File.ReadAllText($"/proc/{script}/task/{script}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children.Select(int.Parse).Single(child => File.ReadAllText($"/proc/{child}/comm").Trim() != "tail");
    }

    // proc_pid_stat(5): the state is what follows the name, which stands in parentheses and may have some in it.
    private static bool IsStopped(string task)
    {
        try
        {
            var stat = File.ReadAllText($"{task}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            return true; // the thread has ended
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
