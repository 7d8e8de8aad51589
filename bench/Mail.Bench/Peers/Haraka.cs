namespace Mail.Bench.Peers;

/// <summary>Haraka, taking all mail and throwing it away behind the final dot: nothing is durable.</summary>
internal sealed class Haraka : IAsyncDisposable
{
    // For each hook that decides, the shortest plugin there can be.
    private const string Accept = "exports.hook_rcpt = (next) => next(OK);\nexports.hook_queue = (next) => next(OK);\n";
    private static readonly string Package = Path.Combine(Repository.Root, "bench", "tools", "node_modules", "Haraka");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-bench-haraka-");
    private HostProcess? _process;

    public int Port { get; } = Ports.Free();

    public int Id => _process!.Id;

    /// <summary>Null when it is not installed (<c>scripts/setup --bench</c>).</summary>
    public static async Task<Haraka?> TryStartAsync()
    {
        if (!Directory.Exists(Package))
            return null;
        var haraka = new Haraka();
        var config = haraka._folder.CreateSubdirectory("config").FullName;
        await File.WriteAllTextAsync($"{config}/smtp.ini", $"listen=127.0.0.1:{haraka.Port}\nnodes=0\n");
        await File.WriteAllTextAsync($"{config}/me", "haraka.bench.test\n");
        await File.WriteAllTextAsync($"{config}/plugins", "accept\n");
        await File.WriteAllTextAsync($"{config}/loglevel", "emerg\n");
        File.Copy($"{Package}/config/connection.ini", $"{config}/connection.ini");
        await File.WriteAllTextAsync($"{haraka._folder.CreateSubdirectory("plugins").FullName}/accept.js", Accept);
        haraka._process = HostProcess.Start("/usr/bin/env", ["node", $"{Package}/bin/haraka", "-c", haraka._folder.FullName]);
        await Ports.WaitAsync(haraka.Port, TimeSpan.FromSeconds(60));
        return haraka;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
