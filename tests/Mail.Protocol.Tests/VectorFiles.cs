namespace Mail.Protocol.Tests;

/// <summary>Files beside the tests, found from wherever the tests run.</summary>
internal static class VectorFiles
{
    internal static string Folder { get; } = Find();

    internal static string PathOf(string relative) => Path.Combine(Folder, relative);

    /// <summary>The lines of a tab-separated file but empty ones and comments.</summary>
    internal static IEnumerable<string[]> Rows(string relative) =>
        File.ReadLines(PathOf(relative)).Where(static l => l.Length > 0 && l[0] != '#').Select(static l => l.Split('\t'));

    internal static IEnumerable<string> Files(string relative, string pattern) =>
        Directory.EnumerateFiles(PathOf(relative), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Mail.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("Run from within the repository."), "tests", "Mail.Protocol.Tests");
    }
}
