using System.Diagnostics;
using System.Security.Cryptography;

namespace Mail.Api.Tests.Commands;

/// <summary>Runs the program as an operator does.</summary>
internal static class CommandLine
{
    /// <param name="settings">Environment variables besides the usual ones, or instead of them.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string database, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Mail.Api.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ConnectionStrings__maildb"] = database,
                ["ConnectionStrings__blobs"] = "UseDevelopmentStorage=true",
                ["Mail__Secrets__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                ["Mail__Demo__ApiKey"] = "ms_live_abcdefgh_aaaaaaaaaabbbbbbbbbbccccccccccddd",
                ["DOTNET_ENVIRONMENT"] = "Development",
            },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
