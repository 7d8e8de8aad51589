using System.Text.Json;
using Mail.TestKit.Servers;

namespace Mail.Core.Tests.Templates.Engine;

/// <summary>Handlebars itself, of npm, agrees with the cases that use no helper of ours and nothing that we do otherwise.</summary>
public sealed class HandlebarsPeerTests
{
    // What differs on purpose.
    private static readonly string[] _otherwise =
    [
        "html is escaped",              // &#x27; there, &#39; here
        "a number keeps its digits",    // JavaScript rounds
        "literals",                     // names there
    ];

    [Fact]
    public async Task Handlebars_renders_the_same()
    {
        var answers = await NodePeer.RunAsync("render_handlebars.cjs", "");
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "sdks/templates/conformance.json")));
        var differences = new List<string>();
        var compared = 0;
        foreach (var item in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            var name = item.GetProperty("name").GetString()!;
            if (_otherwise.Contains(name) || !answers.TryGetProperty(name, out var answer) || answer.ValueKind == JsonValueKind.Null)
                continue;
            compared++;
            if (answer.GetString() != item.GetProperty("output").GetString())
                differences.Add($"{name}: {answer.GetRawText()} instead of {item.GetProperty("output").GetRawText()}");
        }
        Assert.Empty(differences);
        Assert.InRange(compared, 30, 100);
    }
}
