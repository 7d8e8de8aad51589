namespace Mail.Bench;

internal static class Repository
{
    /// <summary>The folder of Mail.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The Release build of a host.</summary>
    public static string Host(string name) => Path.Combine(Root, "artifacts", "bin", name, "release", name);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Mail.sln")) ? folder : Find(Path.GetDirectoryName(folder)
            ?? throw new InvalidOperationException("Run the bench from a build inside the repository."));
}
