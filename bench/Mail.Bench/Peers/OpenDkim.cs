using System.Security.Cryptography;

namespace Mail.Bench.Peers;

/// <summary>OpenDKIM as a milter that signs what Postfix takes, with a key of the size that we sign with.</summary>
internal sealed class OpenDkim : IAsyncDisposable
{
    private const int KeyBits = 2_048;
    private const string Program = "/usr/sbin/opendkim";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-bench-opendkim-");
    private HostProcess _process = null!;

    public int Port { get; } = Ports.Free();

    /// <param name="domain">Whose mail it signs.</param>
    public static async Task<OpenDkim> StartAsync(string domain)
    {
        var dkim = new OpenDkim();
        var folder = dkim._folder.FullName;
        using var key = RSA.Create(KeyBits);
        await File.WriteAllTextAsync($"{folder}/key.pem", key.ExportRSAPrivateKeyPem() + "\n");
        await File.WriteAllTextAsync($"{folder}/opendkim.conf", Configuration(folder, domain, dkim.Port));
        dkim._process = HostProcess.Start(Program, ["-f", "-x", $"{folder}/opendkim.conf"]);
        await Ports.WaitAsync(dkim.Port, TimeSpan.FromSeconds(30));
        return dkim;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Configuration(string folder, string domain, int port) =>
        $"""
        Mode s
        Socket inet:{port}@127.0.0.1
        Domain {domain}
        Selector bench
        KeyFile {folder}/key.pem
        RequireSafeKeys no
        Canonicalization relaxed/relaxed
        InternalHosts 127.0.0.1

        """;
}
