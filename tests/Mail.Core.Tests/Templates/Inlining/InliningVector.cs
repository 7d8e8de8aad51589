using Mail.TestKit.Servers;

namespace Mail.Core.Tests.Templates.Inlining;

/// <summary>A file of the folder Vectors: what it is about, the template, what comes of it, and the warnings.</summary>
internal sealed record InliningVector(string Source, string Expected, string[] Warnings)
{
    private static readonly string _folder = Path.Combine(Repository.Root, "tests/Mail.Core.Tests/Templates/Inlining/Vectors");

    public static IEnumerable<string> Names => Directory.GetFiles(_folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    public static InliningVector Read(string name)
    {
        var parts = File.ReadAllText(Path.Combine(_folder, name + ".txt")).Split("\n----\n");
        return new InliningVector(parts[1], parts[2].TrimEnd('\n'), parts.Length > 3 ? parts[3].Split('\n', StringSplitOptions.RemoveEmptyEntries) : []);
    }
}
