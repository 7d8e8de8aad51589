namespace Mail.Architecture.Tests;

/// <summary>The files of this repository, without what is built or installed.</summary>
internal static class Repository
{
    private static readonly string[] _generated = ["artifacts", "bin", "obj", "node_modules", "TestResults", ".git", ".mail"];

    public static string Root { get; } = FindRoot();

    /// <summary>All files, by their path from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Below(Root).Order(StringComparer.Ordinal)];

    /// <summary>The C# files of the product: hosts and libraries.</summary>
    public static IEnumerable<string> ProductSources => Files.Where(file => file.StartsWith("Mail.", StringComparison.Ordinal) && IsSource(file));

    /// <summary>The C# files of everything.</summary>
    public static IEnumerable<string> Sources => Files.Where(IsSource);

    public static IEnumerable<string> Documents => Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    public static string PathOf(string file) => Path.Combine(Root, file);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    public static int LineOf(string text, int position) => text.AsSpan(0, position).Count('\n') + 1;

    public static void AssertNone(IEnumerable<string> complaints)
    {
        var all = complaints.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static bool IsSource(string file) => file.EndsWith(".cs", StringComparison.Ordinal);

    private static IEnumerable<string> Below(string folder) => _generated.Contains(Path.GetFileName(folder))
        ? []
        : Directory.EnumerateFiles(folder).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Concat(Directory.EnumerateDirectories(folder).SelectMany(Below));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Mail.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }
}
