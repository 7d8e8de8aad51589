using System.Text.RegularExpressions;

namespace Mail.Architecture.Tests;

/// <summary>What the documents point to exists, and nothing is written down that does not belong to the product.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] _textEndings =
    [
        ".cs", ".md", ".sql", ".csproj", ".props", ".targets", ".sln", ".json", ".js", ".mjs", ".cjs", ".py", ".sh", ".proto", ".editorconfig",
        ".gitignore", "/Makefile", "/run",
    ];

    [Fact]
    public void Links_of_documents_resolve() => Repository.AssertNone(
        from file in Repository.Documents
        from Match match in Link().Matches(Repository.Read(file))
        let target = match.Groups[1].Value
        where !IsElsewhere(target) && !Resolves(file, target)
        select $"{file}: {target}");

    [Fact]
    public void Paths_named_in_documents_exist() => Repository.AssertNone(
        from file in Repository.Documents
        where file.StartsWith("docs/", StringComparison.Ordinal) || !file.Contains('/', StringComparison.Ordinal)
        from Match match in NamedPath().Matches(Repository.Read(file))
        let path = Repository.PathOf(match.Groups[1].Value)
        where !File.Exists(path) && !Directory.Exists(path)
        select $"{file}: {match.Groups[1].Value}");

    [Fact]
    public void Files_named_in_readmes_exist() => Repository.AssertNone(
        from file in Repository.Documents
        where file.EndsWith("README.md", StringComparison.Ordinal)
        let folder = Path.GetDirectoryName(Repository.PathOf(file))!
        from Match match in NamedFile().Matches(Repository.Read(file))
        where !File.Exists(Path.Combine(folder, match.Groups[1].Value)) && !File.Exists(Repository.PathOf(match.Groups[1].Value))
        select $"{file}: {match.Groups[1].Value}");

    [Fact]
    public void Documents_named_in_code_exist() => Repository.AssertNone(
        from file in Repository.Sources
        from Match match in NamedDocument().Matches(Repository.Read(file))
        where !Repository.Documents.Any(document => document.StartsWith(match.Value, StringComparison.Ordinal))
        select $"{file}: {match.Value}");

    [Fact]
    public void Decisions_tell_context_choice_and_price()
    {
        var decisions = Repository.Documents.Where(file => file.StartsWith("docs/adr/", StringComparison.Ordinal)).ToList();
        Assert.All(decisions, (file, i) =>
        {
            Assert.Matches($"^{i + 1:0000}-[a-z0-9-]+\\.md$", Path.GetFileName(file));
            Assert.All(["**Context.**", "**Choice.**", "**Price.**"], part => Assert.Contains(part, Repository.Read(file), StringComparison.Ordinal));
            Assert.InRange(File.ReadLines(Repository.PathOf(file)).Count(), 5, 70);
        });
    }

    [Fact]
    public void Hosts_libraries_and_protocol_folders_have_a_readme()
    {
        var folders = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && file.StartsWith("Mail.", StringComparison.Ordinal))
            .Select(file => Path.GetDirectoryName(file)!)
            .Concat(Repository.ProductSources.Where(file => file.StartsWith("Mail.Protocol/", StringComparison.Ordinal))
                .Select(file => string.Join('/', file.Split('/').Take(2))).Where(folder => !folder.EndsWith(".cs", StringComparison.Ordinal)))
            .Concat(["tests", "bench"]);
        Repository.AssertNone(folders.Select(folder => $"{folder}/README.md").Where(file => !Repository.Files.Contains(file)));
    }

    [Fact]
    public void The_repository_speaks_of_itself_alone() => Repository.AssertNone(
        from file in Repository.Files
        where IsText(file)
        let text = Repository.Read(file)
        from Match match in Unwanted().Matches(text)
        select $"{file}:{Repository.LineOf(text, match.Index)}: {match.Value}");

    private static bool IsText(string file) => !file.Contains("/Vectors/", StringComparison.Ordinal)
        && (Array.Exists(_textEndings, ending => ('/' + file).EndsWith(ending, StringComparison.Ordinal))
            || file.StartsWith("scripts/", StringComparison.Ordinal));

    private static bool IsElsewhere(string target) => target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal);

    private static bool Resolves(string document, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0
            ? Repository.PathOf(document)
            : Path.Combine(Path.GetDirectoryName(Repository.PathOf(document))!, parts[0]);
        if (!File.Exists(path))
            return Directory.Exists(path) && parts.Length == 1;
        return parts.Length == 1 || Heading().Matches(File.ReadAllText(path)).Any(heading => AnchorOf(heading.Groups[1].Value) == parts[1]);
    }

    private static string AnchorOf(string heading) =>
        NotInAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:Mail\.[A-Za-z]+|tests|bench|docs|scripts)/[\w./-]*\w)`")]
    private static partial Regex NamedPath();

    // By their path from the root or from the folder of the README.
    [GeneratedRegex(@"`([A-Za-z][\w.]*/[\w./-]*\.[a-z]+)`")]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"docs/(?:adr/\d{4}|[a-z-]+\.md)")]
    private static partial Regex NamedDocument();

    [GeneratedRegex(@"(?m)^#{1,6} (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    // Work left open, numbers of a tracker, folders of one machine, hosts that packages come from. The brackets keep this line out.
    [GeneratedRegex(@"\bT[O]DO\b|\bF[I]XME\b|\bX[X]X\b|NotI[m]plementedException|(?i:\bissue #?\d)|(?<![\w.~}*""])/wo[r]k/|(?i:\b(?:registry|artifactory|nexus)\.[a-z0-9-]+\.[a-z]{2,}|""resolved"": ?"")")]
    private static partial Regex Unwanted();
}
