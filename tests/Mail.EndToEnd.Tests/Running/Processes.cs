namespace Mail.EndToEnd.Tests.Running;

internal static class Processes
{
    /// <summary>The server process below the script that runs it; beside it the script has a watcher.</summary>
    public static int ServerBelow(int script)
    {
        var children = File.ReadAllText($"/proc/{script}/task/{script}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children.Select(int.Parse).Single(child => File.ReadAllText($"/proc/{child}/comm").Trim() != "tail");
    }
}
