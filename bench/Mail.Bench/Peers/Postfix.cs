namespace Mail.Bench.Peers;

/// <summary>A Postfix of the bench's own, on its stock settings: takes mail on loopback and relays it to a sink.</summary>
internal sealed class Postfix : IAsyncDisposable
{
    private const string Program = "/usr/sbin/postfix";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-bench-postfix-");

    public int Port { get; } = Ports.Free();

    /// <param name="sinkPort">Where it relays to.</param>
    /// <param name="holds">Takes mail and leaves it in its queue.</param>
    /// <param name="signer">Who signs what it takes; null for nobody.</param>
    public static async Task<Postfix> StartAsync(int sinkPort, bool holds, OpenDkim? signer = null)
    {
        var postfix = new Postfix();
        var folder = postfix._folder.FullName;
        await HostProcess.RunAsync("/usr/bin/chmod", ["755", folder]);
        Directory.CreateDirectory($"{folder}/queue");
        Directory.CreateDirectory($"{folder}/data");
        await HostProcess.RunAsync("/usr/bin/chown", ["postfix", $"{folder}/data"]);
        await File.WriteAllTextAsync($"{folder}/main.cf", MainCf(folder, sinkPort, holds, signer));
        var master = await File.ReadAllLinesAsync("/etc/postfix/master.cf.proto");
        // Without its chroots, which would need a copy of the system's files.
        await File.WriteAllLinesAsync($"{folder}/master.cf", master.Select(line => WithoutChroot(line, postfix.Port)));
        using var started = System.Diagnostics.Process.Start(Program, ["-c", folder, "start"]);
        await started.WaitForExitAsync();
        await Ports.WaitAsync(postfix.Port, TimeSpan.FromSeconds(30));
        return postfix;
    }

    public async ValueTask DisposeAsync()
    {
        using var stopped = System.Diagnostics.Process.Start(Program, ["-c", _folder.FullName, "abort"]);
        await stopped.WaitForExitAsync();
        _folder.Delete(recursive: true);
    }

    private static string MainCf(string folder, int sinkPort, bool holds, OpenDkim? signer) =>
        $"""
        compatibility_level = 3.6
        queue_directory = {folder}/queue
        data_directory = {folder}/data
        maillog_file = {folder}/data/log
        maillog_file_prefixes = {folder}
        myhostname = postfix.bench.test
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        relayhost = [127.0.0.1]:{sinkPort}
        alias_maps =
        smtp_tls_security_level = none
        smtpd_tls_security_level = none
        message_size_limit = 50000000
        milter_default_action = tempfail
        {(holds ? "defer_transports = smtp" : "")}
        {(signer is null ? "" : $"smtpd_milters = {signer.Socket}")}

        """;

    private static string WithoutChroot(string line, int port)
    {
        if (line.StartsWith('#') || line.StartsWith(' ') || line.Length == 0)
            return line;
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length < 8)
            return line;
        fields[4] = "n";
        if (fields[0] == "smtp" && fields[1] == "inet")
            fields[0] = $"127.0.0.1:{port}";
        return string.Join(' ', fields);
    }
}
