using System.Text.RegularExpressions;

namespace Mail.Architecture.Tests;

/// <summary><c>docs/standards.md</c> and the citations in the source say the same.</summary>
public sealed partial class StandardsTests
{
    private static readonly string[] _statuses = ["full", "partial", "planned", "no"];
    private static readonly string[] _generated = ["artifacts", "bin", "obj", "node_modules"];

    private static readonly string _root = FindRoot();
    private static readonly Dictionary<int, Row> _rows = ReadRows();

    [Fact]
    public void Every_cited_rfc_is_listed()
    {
        var missing = Sources("").SelectMany(Citations).Where(c => !_rows.ContainsKey(c.Number))
            .Select(c => $"RFC {c.Number} in {c.File}");

        AssertNone(missing);
    }

    [Fact]
    public void Every_rfc_listed_as_full_is_cited_in_product_code()
    {
        var cited = Sources("Mail.").SelectMany(Citations).Select(c => c.Number).ToHashSet();

        AssertNone(_rows.Where(r => r.Value.Status == "full" && !cited.Contains(r.Key)).Select(r => $"RFC {r.Key}"));
    }

    [Fact]
    public void Every_row_has_a_status_and_a_folder_that_exists()
    {
        Assert.All(_rows.Values, row => Assert.Contains(row.Status, _statuses));
        AssertNone(_rows.Where(r => r.Value.Folder != "–" && !Directory.Exists(Path.Combine(_root, r.Value.Folder)))
            .Select(r => $"RFC {r.Key}: {r.Value.Folder}"));
        AssertNone(_rows.Where(r => r.Value is { Folder: "–", Status: "full" or "partial" }).Select(r => $"RFC {r.Key} has no folder"));
    }

    [Fact]
    public void The_table_was_found() => Assert.InRange(_rows.Count, 50, 1000);

    private static void AssertNone(IEnumerable<string> complaints)
    {
        var all = complaints.Distinct().Order().ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static Dictionary<int, Row> ReadRows()
    {
        var rows = new Dictionary<int, Row>();
        foreach (var line in File.ReadLines(Path.Combine(_root, "docs", "standards.md")))
        {
            if (TableRow().Match(line) is { Success: true } match)
                rows.Add(int.Parse(match.Groups[1].ValueSpan), new Row(match.Groups[2].Value, match.Groups[3].Value));
        }
        return rows;
    }

    private static IEnumerable<(int Number, string File)> Citations(string file) =>
        Citation().Matches(File.ReadAllText(file)).Select(m => (int.Parse(m.Groups[1].ValueSpan), Path.GetRelativePath(_root, file)));

    private static IEnumerable<string> Sources(string prefix) =>
        Directory.EnumerateDirectories(_root, prefix + "*").Where(d => !Path.GetFileName(d).StartsWith('.')).SelectMany(SourcesBelow);

    private static IEnumerable<string> SourcesBelow(string folder) => _generated.Contains(Path.GetFileName(folder))
        ? []
        : Directory.EnumerateFiles(folder, "*.cs").Concat(Directory.EnumerateDirectories(folder).SelectMany(SourcesBelow));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Mail.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }

    [GeneratedRegex(@"^\| RFC (\d{3,5}) \|[^|]*\| *([a-z]+) *\| *([^| ]+) *\|")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\bRFC[ \u00A0]?(\d{3,5})\b")]
    private static partial Regex Citation();

    private sealed record Row(string Status, string Folder);
}
