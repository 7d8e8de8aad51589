using System.Security.Cryptography;

namespace Mail.Bench.Peers;

/// <summary>OpenDKIM as a milter that signs what Postfix takes, with a key of the size that we sign with.</summary>
internal sealed class OpenDkim : IAsyncDisposable
{
    private const int KeyBits = 2_048;
    private const string Program = "/usr/sbin/opendkim";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-bench-opendkim-");
    private HostProcess _process = null!;

    /// <summary>As Postfix names it. On loopback instead, each message waits for delayed acknowledgements.</summary>
    public string Socket => $"unix:{_folder.FullName}/socket";

    /// <param name="domain">Whose mail it signs.</param>
    public static async Task<OpenDkim> StartAsync(string domain)
    {
        var dkim = new OpenDkim();
        var folder = dkim._folder.FullName;
        using var key = RSA.Create(KeyBits);
        await File.WriteAllTextAsync($"{folder}/key.pem", key.ExportRSAPrivateKeyPem() + "\n");
        await File.WriteAllTextAsync($"{folder}/opendkim.conf", Configuration(folder, domain));
        // Postfix is another user.
        await HostProcess.RunAsync("/usr/bin/chmod", ["755", folder]);
        dkim._process = HostProcess.Start(Program, ["-f", "-x", $"{folder}/opendkim.conf"]);
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!File.Exists($"{folder}/socket"))
            await Task.Delay(50, time.Token);
        return dkim;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Configuration(string folder, string domain) =>
        $"""
        Mode s
        Socket local:{folder}/socket
        UMask 000
        Domain {domain}
        Selector bench
        KeyFile {folder}/key.pem
        RequireSafeKeys no
        Canonicalization relaxed/relaxed
        InternalHosts 127.0.0.1

        """;
}
