using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Mail.TestKit.Smtp;

/// <summary>
/// A Postfix of its own: configuration, queue and port are the test's, the system's instance is not touched. Takes mail for
/// <c>local.test</c> and refuses the rest.
/// </summary>
public sealed class PostfixServer : IAsyncDisposable
{
    private const string Postfix = "/usr/sbin/postfix";
    // Mailboxes that it takes mail for and then finds closed.
    private const string Closed = "{ { gone@local.test = closed:5.1.1 this mailbox was closed }, { full@local.test = closed:5.2.2 this mailbox is full } }";
    // To be told by a later hop, not at RCPT: what follows the transport's name is the reason, EX_UNAVAILABLE ends it.
    private const string Refuse = "{ echo ${nexthop}; exit 69 }";

    private readonly string _folder;
    private readonly IPAddress _address = LoopbackAddresses.Next();
    private readonly IPEndPoint? _next;
    private readonly PasswordServer? _passwords;

    private PostfixServer(string folder, IPEndPoint? next, string? password)
    {
        _folder = folder;
        _next = next;
        _passwords = password is null ? null : new PasswordServer(password);
        EndPoint = FreeEndPoint();
        SubmissionEndPoint = FreeEndPoint();
        SubmissionTlsEndPoint = FreeEndPoint();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Submission with STARTTLS, when there is a password for it.</summary>
    public IPEndPoint SubmissionEndPoint { get; }

    /// <summary>Submission in TLS from the first octet.</summary>
    public IPEndPoint SubmissionTlsEndPoint { get; }

    /// <param name="next">Where mail goes that it does not keep, as the bounces it writes; by default nowhere.</param>
    /// <param name="password">With it anybody may submit mail to anywhere.</param>
    /// <param name="settings">Further lines of <c>main.cf</c>.</param>
    public static async Task<PostfixServer> StartAsync(
        X509Certificate2 certificate, CancellationToken cancellationToken, IPEndPoint? next = null, string? password = null, params string[] settings)
    {
        if (!File.Exists(Postfix))
            throw new InvalidOperationException("Postfix is missing: apt-get install postfix (with \"No configuration\").");
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("Postfix's master process starts as root only: run these tests as root.");
        var folder = Directory.CreateTempSubdirectory("mail-postfix-").FullName;
        var server = new PostfixServer(folder, next, password);
        await server.ConfigureAsync(certificate, settings, cancellationToken);
        await RunAsync("/usr/bin/chown", ["postfix", $"{folder}/data"], cancellationToken);
        await RunAsync(Postfix, ["-c", folder, "start"], cancellationToken);
        await server.WaitAsync(cancellationToken);
        return server;
    }

    /// <summary>A connection to <see cref="EndPoint"/>.</summary>
    public async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Waits for a delivered message that has <paramref name="text"/>; in the LF form Postfix stores.</summary>
    public async Task<string> FindMessageAsync(string text, CancellationToken cancellationToken)
    {
        var arrived = Path.Combine(_folder, "mail", "inbox", "new");
        var read = new HashSet<string>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var file in Directory.Exists(arrived) ? Directory.GetFiles(arrived).Where(read.Add) : [])
            {
                var message = await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1, cancellationToken);
                if (message.Contains(text))
                    return message;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    /// <summary>The lines of its log, as they come.</summary>
    public async IAsyncEnumerable<string> ReadLogAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var log = new StreamReader(new FileStream(
            Path.Combine(_folder, "data", "log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var part = "";
        while (true)
        {
            var lines = (part + await log.ReadToEndAsync(cancellationToken)).Split('\n');
            foreach (var line in lines[..^1])
                yield return line;
            part = lines[^1];
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync(Postfix, ["-c", _folder, "abort"], CancellationToken.None);
        if (_passwords is not null)
            await _passwords.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ConfigureAsync(X509Certificate2 certificate, string[] settings, CancellationToken cancellationToken)
    {
        foreach (var sub in (string[])["queue", "data", "mail"])
            Directory.CreateDirectory(Path.Combine(_folder, sub));
        // mkdtemp makes 0700; Postfix's unprivileged processes must pass through.
        await RunAsync("/usr/bin/chmod", ["755", _folder], cancellationToken);
        await RunAsync("/usr/bin/chmod", ["777", $"{_folder}/mail"], cancellationToken);
        using var key = certificate.GetECDsaPrivateKey()!;
        // Postfix wants the key before its certificate.
        var pem = key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n";
        await File.WriteAllTextAsync(Path.Combine(_folder, "tls.pem"), pem, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "main.cf"), MainCf() + string.Concat(settings.Select(line => line + "\n")), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "master.cf"), MasterCf() + SubmissionCf(), cancellationToken);
    }

    private string DefaultTransport => _next is not null ? $"smtp:[127.0.0.1]:{_next.Port}" : _passwords is not null ? "discard:" : "error:no way out";

    private string MainCf() => $"""
        compatibility_level = 3.6
        queue_directory = {_folder}/queue
        data_directory = {_folder}/data
        maillog_file = {_folder}/data/log
        maillog_file_prefixes = {_folder}
        myhostname = {(_next is null ? "mx" : "bouncer")}.local.test
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 192.0.2.1/32
        virtual_mailbox_domains = local.test
        virtual_mailbox_base = {_folder}/mail
        virtual_mailbox_maps = static:inbox/
        virtual_alias_maps =
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        virtual_minimum_uid = 1
        alias_maps =
        default_transport = {DefaultTransport}
        transport_maps = inline:{Closed}
        smtpd_relay_restrictions = reject_unauth_destination
        smtpd_helo_required = yes
        smtpd_error_sleep_time = 0
        smtpd_tls_security_level = may
        smtpd_tls_received_header = yes
        smtpd_tls_chain_files = {_folder}/tls.pem
        message_size_limit = 100000
        smtputf8_enable = yes
        strict_rfc821_envelopes = yes
        """ + "\n";

    private string MasterCf() => $"""
        {EndPoint} inet n - n - 20 smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        smtp unix - - n - - smtp
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        discard unix - - n - - discard
        closed unix - n n - - pipe flags= user=nobody argv=/bin/sh -c {Refuse}
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd
        """ + "\n";

    private string SubmissionCf()
    {
        if (_passwords is null)
            return "";
        string[] options =
        [
            "smtpd_sasl_auth_enable=yes", "smtpd_sasl_type=dovecot", $"smtpd_sasl_path=inet:127.0.0.1:{_passwords.Port}",
            "smtpd_tls_auth_only=yes", "smtpd_relay_restrictions=permit_sasl_authenticated,reject",
        ];
        var common = string.Concat(options.Select(option => " -o " + option));
        return $"{SubmissionEndPoint} inet n - n - 20 smtpd -o smtpd_tls_security_level=encrypt{common}\n"
            + $"{SubmissionTlsEndPoint} inet n - n - 20 smtpd -o smtpd_tls_wrappermode=yes{common}\n";
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(EndPoint, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        // Not redirected: Postfix's daemons would keep the pipes open.
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(_address, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
