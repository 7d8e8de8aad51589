using System.Runtime.InteropServices;

namespace Mail.TestKit.Servers;

public static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int process, int signal)
    {
        if (kill(process, signal) != 0) throw new InvalidOperationException($"Signal {signal} to process {process} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>The server below a run-* script: its child that is not the watcher of the script's parent.</summary>
    public static int ServerBelow(int script)
    {
        var children = File.ReadAllText($"/proc/{script}/task/{script}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children.Select(int.Parse).Single(child => File.ReadAllText($"/proc/{child}/comm").Trim() != "tail");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
