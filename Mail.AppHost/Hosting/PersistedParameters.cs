using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>Generated values that must stay the same as long as the data does; readable by the owner only.</summary>
internal sealed class PersistedParameters(string stateDirectory)
{
    private static readonly Lock Gate = new();

    private string FileName => Path.Combine(stateDirectory, "parameters.json");

    public string GetOrAdd(string name, Func<string> generate)
    {
        lock (Gate)
        {
            var values = File.Exists(FileName)
                ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(FileName)) ?? []
                : [];
            if (values.TryGetValue(name, out var known)) return known;
            values[name] = generate();
            Write(values);
            return values[name];
        }
    }

    private void Write(SortedDictionary<string, string> values)
    {
        Directory.CreateDirectory(stateDirectory);
        var temporary = FileName + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options)) JsonSerializer.Serialize(file, values);
        File.Move(temporary, FileName, overwrite: true);
    }
}
