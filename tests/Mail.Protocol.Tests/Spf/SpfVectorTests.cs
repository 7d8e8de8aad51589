using System.Net;
using System.Text;
using Mail.Protocol.Spf;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Spf;

/// <summary>Runs <c>Vectors/*.spf</c>: a zone, a line of dashes, then lines <c>address sender helo = result [explanation]</c>.</summary>
public sealed class SpfVectorTests
{
    private static readonly SpfOptions _options = new() { ReceivingHost = "mx.receiver.example" };

    public static TheoryData<string, string> Checks()
    {
        var checks = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.spf").Order())
        {
            foreach (var line in File.ReadLines(file).SkipWhile(l => l != "---").Skip(1).Where(l => l.Length > 0 && l[0] != ';'))
                checks.Add(Path.GetFileName(file), line);
        }
        return checks;
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Spf", "Vectors");

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task Check_gives_the_expected_result(string file, string check)
    {
        var zone = File.ReadAllText(Path.Combine(Folder, file)).Split("\n---\n")[0];
        // Characters of a zone file are octets of the record.
        var resolver = FakeDnsResolver.FromText(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(zone)));
        var halves = check.Split(" = ", 2);
        var words = halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var expected = halves[1].Split(' ', 2);
        var sender = words[1] == "<>" ? "" : words[1];

        var outcome = await SpfEvaluator.CheckMailFromAsync(IPAddress.Parse(words[0]), sender, words[2], resolver, _options, CancellationToken.None);

        Assert.True(expected[0].Equals(outcome.Result.ToString(), StringComparison.OrdinalIgnoreCase), outcome.ToString());
        if (expected.Length > 1)
            Assert.Equal(expected[1] == "-" ? null : expected[1], outcome.Explanation);
    }
}
