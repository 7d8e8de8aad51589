using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Mail.Inbound.Session;
using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;

namespace Mail.Inbound.Tests.Clients;

/// <summary>
/// What <c>docs/submission.md</c> tells people to write, run as it stands there: only the host, its port, the domain and
/// the key are another's. Programs check our certificate as they do it by themselves.
/// </summary>
[Collection(CertificatesOfTheProcess.Name)]
public sealed partial class DocumentedClientTests(InboundFixture fixture) : IClassFixture<InboundFixture>, IAsyncLifetime
{
    private const string Server = "localhost";

    private readonly TestCertificates _certificates = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-clients");
    private InboundHost _host = null!;

    private string AuthorityFile => Path.Combine(_folder.FullName, "authority.pem");

    private string Port => _host.FindEndPoint(1 + (int)SmtpServiceKind.Submission).Port.ToString(CultureInfo.InvariantCulture);

    public async Task InitializeAsync()
    {
        await fixture.ClearAsync();
        using var certificate = _certificates.Issue(Server);
        using var key = certificate.GetECDsaPrivateKey()!;
        var file = Path.Combine(_folder.FullName, "server.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(AuthorityFile, _certificates.Authority.ExportCertificatePem() + "\n");
        _host = await InboundHost.StartAsync(fixture.Database.ConnectionString, settings:
            [("Mail:Demo:ApiKey", InboundFixture.ApiKey), ("Mail:Submission:Port", "0"), ("Mail:Inbound:CertificateFile", file)]);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _certificates.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("swaks", "bash", "-c")]
    [InlineData("curl", "bash", "-c")]
    [InlineData("nodemailer", "node", "--input-type=module -e")]
    [InlineData("smtplib", "/usr/bin/python3", "-c")]
    [InlineData("PHPMailer", "php", "-r")]
    public async Task Snippet_sends(string client, string program, string option)
    {
        var snippet = SnippetWith($"Hello from {client}").Replace("vendor/autoload.php", "/usr/share/php/libphp-phpmailer/autoload.php", StringComparison.Ordinal);

        await ClientProcess.RunAsync(program, [.. option.Split(' '), snippet], new Dictionary<string, string>
        {
            ["KEY"] = InboundFixture.ApiKey, ["SSL_CERT_FILE"] = AuthorityFile, ["NODE_EXTRA_CA_CERTS"] = AuthorityFile, ["CURL_CA_BUNDLE"] = AuthorityFile,
        }, Path.Combine(Repository.Root, "tests/tools"));

        await CheckAsync($"Hello from {client}");
    }

    [Fact]
    public async Task Snippet_for_dotnet_sends()
    {
        var (host, port, key) = (Server, int.Parse(Port, CultureInfo.InvariantCulture), InboundFixture.ApiKey);
#pragma warning disable SYSLIB0014 // The one way to tell this client which certificates to believe.
        ServicePointManager.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=" + Server;
        using var client = new SmtpClient(host, port) { EnableSsl = true, Credentials = new NetworkCredential("apikey", key) };
        await client.SendMailAsync("shop@demo.test", "user@example.org", "Hello", "Hello from .NET");
        ServicePointManager.ServerCertificateValidationCallback = null;
#pragma warning restore SYSLIB0014

        await CheckAsync("Hello from .NET");
        var source = await File.ReadAllTextAsync(Here());
        foreach (var line in SnippetWith("Hello from .NET").Replace($"\"{Server}\", {port}", "host, port", StringComparison.Ordinal).Trim().Split('\n'))
            Assert.Contains(line, source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snippet_for_postfix_relays()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var certificate = _certificates.Issue("relay.local.test");
        var settings = SnippetWith("relayhost").Replace("ms_live_…", InboundFixture.ApiKey, StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await using var postfix = await PostfixServer.StartAsync(certificate, limit.Token, settings:
        [
            .. settings, $"smtp_tls_CAfile = {AuthorityFile}", "smtp_host_lookup = native", "relay_domains = example.org", "relay_transport = smtp",
        ]);
        await using var client = new LineClient(await postfix.ConnectAsync(limit.Token));
        await client.GreetAsync();

        Assert.StartsWith("250 ", await client.MailAsync("From: shop@demo.test\r\nSubject: Hello\r\n\r\nHello from Postfix", "root@relay.local.test", "user@example.org"));

        await CheckAsync("Hello from Postfix", limit.Token);
    }

    /// <summary>Waits when it may: a relay answers before it has sent.</summary>
    private async Task CheckAsync(string text, CancellationToken limit = default)
    {
        var rows = await fixture.SubmittedAsync();
        while (rows.Count == 0 && limit.CanBeCanceled)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit);
            rows = await fixture.SubmittedAsync();
        }
        var row = Assert.Single(rows);
        Assert.Equal(("Hello", text), (row.Subject, row.Text?.Trim()));
        Assert.Equal("user@example.org", Assert.Single(row.Recipients).Split(' ')[1]);
    }

    private string SnippetWith(string text)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/submission.md"));
        return Assert.Single(Block().Matches(page).Select(match => match.Groups[1].Value), block => block.Contains(text, StringComparison.Ordinal))
            .Replace("mail.example.com", Server, StringComparison.Ordinal).Replace("example.com", "demo.test", StringComparison.Ordinal)
            .Replace("587", Port, StringComparison.Ordinal);
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^```\w+\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
