namespace Mail.TestKit.Servers;

/// <summary>Where the checkout is that the tests were built from.</summary>
public static class Repository
{
    private static readonly Lazy<string> Found = new(Find);

    public static string Root => Found.Value;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mail.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No Mail.sln above {AppContext.BaseDirectory}.");
    }
}
