using System.Diagnostics;
using System.Net;
using Mail.Protocol.Spf;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Spf;

/// <summary>The same checks by Debian's python3-spf and by us.</summary>
public sealed class SpfDifferentialTests
{
    private const int Cases = 2000;

    [Fact]
    public async Task Python3_spf_agrees_on_generated_records()
    {
        var cases = Enumerable.Range(1, Cases).Select(SpfGenerator.Make).ToList();
        var theirs = await AskPythonAsync(cases.Select(c => c.Json));
        var differences = new List<string>();
        for (var i = 0; i < Cases; i++)
        {
            var c = cases[i];
            var ours = await SpfEvaluator.CheckMailFromAsync(
                IPAddress.Parse(c.Address), c.Sender, c.Helo, new FakeDnsResolver(c.Zone), null, CancellationToken.None);
            if (!theirs[i].Equals(ours.Result.ToString(), StringComparison.OrdinalIgnoreCase))
                differences.Add($"seed {i + 1}: theirs {theirs[i]}, ours {ours}\n{c.Json}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences\n" + string.Join('\n', differences.Take(10)));
        // All results occur, or the agreement says little. Temperror needs a broken server, which has its own vectors.
        Assert.Equal(6, theirs.Distinct().Count());
    }

    private static async Task<List<string>> AskPythonAsync(IEnumerable<string> lines)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "Spf", "check_spf.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        var errors = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEndAsync();
        foreach (var line in lines)
            await python.StandardInput.WriteLineAsync(line);
        python.StandardInput.Close();
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, await errors);
        var results = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        Assert.Equal(Cases, results.Count);
        return results;
    }
}
