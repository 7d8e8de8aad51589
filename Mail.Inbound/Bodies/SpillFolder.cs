using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Bodies;

/// <summary>The folder for messages that are too large for memory.</summary>
internal sealed class SpillFolder
{
    private const string Pattern = "*.body";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;

    public SpillFolder(IOptions<BodyOptions> options)
    {
        _path = options.Value.Folder ?? Path.Combine(Path.GetTempPath(), "mail-inbound");
        Create();
        // What a crash left. Files of another listener that runs have no name, or are about to lose it.
        foreach (var file in Directory.EnumerateFiles(_path, Pattern))
            Forget(file);
    }

    /// <summary>A file that is gone when it is closed, also by the death of the process.</summary>
    /// <exception cref="IOException">There is no room, or no folder.</exception>
    public FileStream Open()
    {
        var name = Path.Combine(_path, RandomNumberGenerator.GetHexString(32, lowercase: true) + Pattern[1..]);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0, Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        var file = new FileStream(name, options);
        // Unix keeps a file without a name for as long as it is open; Windows deletes it when its last handle closes, however that happens.
        if (!OperatingSystem.IsWindows())
            File.Delete(name);
        return file;
    }

    private void Create()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_path);
        else
            Directory.CreateDirectory(_path, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static void Forget(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (IOException)
        {
            // On Windows: it is in use.
        }
    }
}
