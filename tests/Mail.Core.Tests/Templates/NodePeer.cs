using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Mail.TestKit.Servers;

namespace Mail.Core.Tests.Templates;

/// <summary>Runs a script of this folder over the packages of tests/tools.</summary>
internal static class NodePeer
{
    public static async Task<JsonElement> RunAsync(string script, string input)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests/Mail.Core.Tests/Templates", script), Repository.Root])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = new UTF8Encoding(false),
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node does not start.");
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{script} failed; 'npm ci' in tests/tools may be missing: {await errors}");
        return JsonElement.Parse(output);
    }
}
