using System.Text.RegularExpressions;

namespace Mail.Architecture.Tests;

/// <summary><c>docs/standards.md</c> and the citations in the source say the same.</summary>
public sealed partial class StandardsTests
{
    private static readonly string[] _statuses = ["full", "partial", "planned", "no"];

    private static readonly Dictionary<int, Row> _rows = ReadRows();

    [Fact]
    public void Every_cited_rfc_is_listed()
    {
        var missing = Repository.Sources.SelectMany(Citations).Where(c => !_rows.ContainsKey(c.Number))
            .Select(c => $"RFC {c.Number} in {c.File}");

        Repository.AssertNone(missing);
    }

    [Fact]
    public void Every_rfc_listed_as_full_is_cited_in_product_code()
    {
        var cited = Repository.ProductSources.SelectMany(Citations).Select(c => c.Number).ToHashSet();

        Repository.AssertNone(_rows.Where(r => r.Value.Status == "full" && !cited.Contains(r.Key)).Select(r => $"RFC {r.Key}"));
    }

    [Fact]
    public void Every_row_has_a_status_and_a_folder_that_exists()
    {
        Assert.All(_rows.Values, row => Assert.Contains(row.Status, _statuses));
        Repository.AssertNone(_rows.Where(r => r.Value.Folder != "–" && !Directory.Exists(Repository.PathOf(r.Value.Folder)))
            .Select(r => $"RFC {r.Key}: {r.Value.Folder}"));
        Repository.AssertNone(_rows.Where(r => r.Value is { Folder: "–", Status: "full" or "partial" }).Select(r => $"RFC {r.Key} has no folder"));
    }

    [Fact]
    public void The_table_was_found() => Assert.InRange(_rows.Count, 50, 1000);

    private static Dictionary<int, Row> ReadRows()
    {
        var rows = new Dictionary<int, Row>();
        foreach (var line in File.ReadLines(Repository.PathOf("docs/standards.md")))
        {
            if (TableRow().Match(line) is { Success: true } match)
                rows.Add(int.Parse(match.Groups[1].ValueSpan), new Row(match.Groups[2].Value, match.Groups[3].Value));
        }
        return rows;
    }

    private static IEnumerable<(int Number, string File)> Citations(string file) =>
        Citation().Matches(Repository.Read(file)).Select(m => (int.Parse(m.Groups[1].ValueSpan), file));

    [GeneratedRegex(@"^\| RFC (\d{3,5}) \|[^|]*\| *([a-z]+) *\| *([^| ]+) *\|")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\bRFC[ \u00A0]?(\d{3,5})\b")]
    private static partial Regex Citation();

    private sealed record Row(string Status, string Folder);
}
