using System.Diagnostics;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Clients;

/// <summary>A program that is expected to succeed.</summary>
internal static class ClientProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What it printed.</summary>
    public static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, [], Repository.Root);

    public static async Task<string> RunAsync(
        string program, string[] arguments, IEnumerable<KeyValuePair<string, string>> environment, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }
}
