using System.Diagnostics;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>Other programs: the product's own commands, and Debian's Python, whose mail packages judge our mail independently.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What a script prints that reads the octets from its standard input.</summary>
    public static Task<string> PythonAsync(string script, byte[] input, params string[] args) =>
        RunAsync("/usr/bin/python3", ["-c", script, .. args], input);

    public static async Task<string> RunAsync(
        string program, IEnumerable<string> args, byte[] input, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return (await output).Trim();
    }
}
