using System.Reflection;
using System.Text;

namespace Mail.Protocol.Tests.Fuzz;

internal delegate void FuzzRun(ReadOnlySpan<byte> input);

/// <summary>
/// A parser under fuzzing. Every static class <c>XFuzzTarget</c> in this assembly with <c>static void Run(ReadOnlySpan&lt;byte&gt;)</c> is one.
/// It may also have <c>static string[] Seeds</c> (texts to start from, Latin-1), <c>static string[] Corpus</c> (folders under this
/// project to start from) and <c>static long AllocationBound(int inputLength)</c> (octets one run may allocate).
/// </summary>
internal sealed record FuzzTarget(string Name, FuzzRun Run, IReadOnlyList<byte[]> Corpus, Func<int, long> AllocationBound)
{
    private const string Suffix = "FuzzTarget";
    private const int MaxSeedBytes = 256 * 1024;
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    internal static IReadOnlyList<Type> Types { get; } =
    [
        .. typeof(FuzzTarget).Assembly.GetTypes()
            .Where(t => t.Name.EndsWith(Suffix, StringComparison.Ordinal) && t.Name != Suffix && FindRun(t) is not null)
            .OrderBy(t => t.Name, StringComparer.Ordinal),
    ];

    internal static FuzzTarget Find(string name)
    {
        var type = Types.Single(t => t.Name == name + Suffix);
        var bound = type.GetMethod("AllocationBound", Static, [typeof(int)])?.CreateDelegate<Func<int, long>>();
        return new FuzzTarget(name, FindRun(type)!.CreateDelegate<FuzzRun>(), ReadCorpus(type), bound ?? (static length => (8L << 20) + 256L * length));
    }

    internal static string NameOf(Type type) => type.Name[..^Suffix.Length];

    private static MethodInfo? FindRun(Type type) => type.GetMethod("Run", Static, [typeof(ReadOnlySpan<byte>)]);

    private static List<byte[]> ReadCorpus(Type type)
    {
        var corpus = new List<byte[]> { Array.Empty<byte>() };
        corpus.AddRange(Strings(type, "Seeds").Select(Encoding.Latin1.GetBytes));
        foreach (var folder in Strings(type, "Corpus"))
            foreach (var file in VectorFiles.Files(folder, "*"))
                if (new FileInfo(file).Length <= MaxSeedBytes) corpus.Add(File.ReadAllBytes(file));
        return corpus;
    }

    private static string[] Strings(Type type, string member) => (string[]?)type.GetProperty(member, Static)?.GetValue(null) ?? [];
}
