using System.Text;
using Mail.Protocol.Dmarc;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dmarc;

/// <summary>
/// Runs <c>Vectors/*.dmarc</c>: a zone, a line of dashes, then lines <c>author spf dkim = result [policy policy-domain]</c>.
/// Identifiers passed; <c>!</c> before one means it failed, <c>?</c> that it failed for now, <c>-</c> that there is none.
/// </summary>
public sealed class DmarcVectorTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Dmarc", "Vectors");

    public static TheoryData<string, string> Checks()
    {
        var checks = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.dmarc").Order())
        {
            foreach (var line in File.ReadLines(file).SkipWhile(l => l != "---").Skip(1).Where(l => l.Length > 0 && l[0] != ';'))
                checks.Add(Path.GetFileName(file), line);
        }
        return checks;
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task Check_gives_the_expected_result(string file, string check)
    {
        var zone = File.ReadAllText(Path.Combine(Folder, file)).Split("\n---\n")[0];
        var resolver = FakeDnsResolver.FromText(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(zone)));
        var words = check.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var input = new DmarcInput(words[0], Identifiers(words[1]).SingleOrDefault(), Identifiers(words[2]));

        var outcome = await DmarcEvaluator.EvaluateAsync(input, resolver, CancellationToken.None);

        Assert.True(words[4].Equals(outcome.Result.ToString(), StringComparison.OrdinalIgnoreCase), outcome.ToString());
        if (words.Length > 5)
            Assert.Equal((words[5], words[6]), (outcome.Policy.ToString().ToLowerInvariant(), outcome.PolicyDomain));
    }

    private static List<DmarcIdentifier> Identifiers(string words) => words == "-" ? [] : [.. words.Split(',').Select(word => word[0] switch
    {
        '!' => new DmarcIdentifier(word[1..], DmarcMechanismResult.Fail),
        '?' => new DmarcIdentifier(word[1..], DmarcMechanismResult.Temperror),
        _ => new DmarcIdentifier(word, DmarcMechanismResult.Pass),
    })];
}
