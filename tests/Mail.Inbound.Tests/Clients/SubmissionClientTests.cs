using System.Globalization;
using System.Net;
using System.Net.Mail;
using Mail.Inbound.Session;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Clients;

/// <summary>Programs that others wrote, with host, user and password changed and nothing else.</summary>
[Collection(CertificatesOfTheProcess.Name)]
public sealed class SubmissionClientTests(InboundFixture fixture) : IClassFixture<InboundFixture>, IAsyncLifetime
{
    private InboundHost _host = null!;

    private string Port => PortOf(SmtpServiceKind.Submission);

    private string TlsPort => PortOf(SmtpServiceKind.SubmissionTls);

    // With a blob store: the fixture has none.
    public async Task InitializeAsync() => _host = await InboundHost.StartAsync(fixture.Database.ConnectionString, settings:
    [
        ("Mail:Demo:ApiKey", InboundFixture.ApiKey), ("Mail:Submission:Port", "0"), ("Mail:Submission:TlsPort", "0"),
        ("ConnectionStrings:blobs", (await AzuriteServer.SharedAsync()).ConnectionString),
    ]);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("PLAIN", "-tls")]
    [InlineData("LOGIN", "-tls")]
    [InlineData("PLAIN", "-tlsc")]
    [InlineData("LOGIN", "-tlsc")]
    public async Task Swaks_submits(string mechanism, string tls) => await SubmitAsync("swaks",
        "--server", "127.0.0.1", "--port", tls == "-tls" ? Port : TlsPort, tls, "--auth", mechanism, "--auth-user", "app", "--auth-password",
        InboundFixture.ApiKey, "--from", "shop@demo.test", "--to", "one@example.test,two@example.test", "--h-Subject", "real", "--body", "body",
        "--attach", "@scripts/setup");

    [Fact]
    public async Task Client_learns_which_recipient_is_refused()
    {
        await fixture.ClearAsync();
        await ClientProcess.RunAsync("/usr/bin/python3", "-c",
            $"""
            import smtplib
            with smtplib.SMTP("127.0.0.1", {Port}) as smtp:
                smtp.starttls()
                smtp.login("app", "{InboundFixture.ApiKey}")
                refused = smtp.sendmail("shop@demo.test", ["one@example.test", "x@[192.0.2.1]"], "From: shop@demo.test\nSubject: real\n\nbody")
                assert list(refused) == ["x@[192.0.2.1]"] and refused["x@[192.0.2.1]"][0] == 553, refused
            """);
        Assert.Equal(["bcc one@example.test"], Assert.Single(await fixture.SubmittedAsync()).Recipients);
    }

    [Theory]
    [InlineData("SMTP", true)]
    [InlineData("SMTP_SSL", false)]
    public async Task Python_smtplib_submits(string type, bool isStartTls) => await SubmitAsync("/usr/bin/python3", "-c",
        $"""
        import smtplib
        from email.message import EmailMessage
        message = EmailMessage()
        message["From"], message["To"], message["Cc"], message["Subject"] = "Shop <shop@demo.test>", "one@example.test", "two@example.test", "real"
        message.set_content("body")
        message.add_alternative("<p>body <img src='cid:logo'></p>", subtype="html")
        message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")
        message.add_attachment(b"a,b", maintype="text", subtype="csv", filename="büro.csv")
        with smtplib.{type}("127.0.0.1", {(isStartTls ? Port : TlsPort)}) as smtp:
            {(isStartTls ? "smtp.starttls()" : "pass")}
            smtp.login("app", "{InboundFixture.ApiKey}")
            smtp.send_message(message)
        """);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodemailer_submits(bool isTlsFirst) => await SubmitAsync("node", "-e",
        $$"""
        require(process.cwd() + "/tests/tools/node_modules/nodemailer")
            .createTransport({ host: "127.0.0.1", port: {{(isTlsFirst ? TlsPort : Port)}}, secure: {{(isTlsFirst ? "true" : "false")}},
                requireTLS: true, auth: { user: "app", pass: "{{InboundFixture.ApiKey}}" }, tls: { rejectUnauthorized: false } })
            .sendMail({ from: "Shop <shop@demo.test>", to: "one@example.test", bcc: "two@example.test", subject: "real", text: "body", html: "<p>body</p>",
                attachments: [{ filename: "a.csv", content: "a,b" }] })
            .catch(error => { console.error(error); process.exit(1); });
        """);

    [Theory]
    [InlineData("tls")]
    [InlineData("ssl")]
    public async Task Phpmailer_submits(string security) => await SubmitAsync("php", "-r",
        $$"""
        require '/usr/share/php/libphp-phpmailer/autoload.php';
        $mail = new PHPMailer\PHPMailer\PHPMailer(true);
        $mail->isSMTP();
        $mail->Host = '127.0.0.1'; $mail->Port = {{(security == "tls" ? Port : TlsPort)}}; $mail->SMTPSecure = '{{security}}';
        $mail->SMTPAuth = true; $mail->Username = 'app'; $mail->Password = '{{InboundFixture.ApiKey}}';
        $mail->SMTPOptions = ['ssl' => ['verify_peer' => false, 'verify_peer_name' => false, 'allow_self_signed' => true]];
        $mail->setFrom('shop@demo.test', 'Shop'); $mail->addAddress('one@example.test'); $mail->addBCC('two@example.test');
        $mail->Subject = 'real'; $mail->isHTML(); $mail->Body = '<p>body</p>'; $mail->AltBody = 'body';
        $mail->addStringAttachment('a,b', 'a.csv');
        $mail->send();
        """);

    [Fact]
    public async Task Dotnet_smtpclient_submits()
    {
        using var client = new SmtpClient("127.0.0.1", int.Parse(Port, CultureInfo.InvariantCulture))
        {
            EnableSsl = true,
            Credentials = new NetworkCredential("app", InboundFixture.ApiKey),
        };
        using var file = Attachment.CreateAttachmentFromString("a,b", "a.csv");
        using var message = new MailMessage("shop@demo.test", "one@example.test", "real", "body") { Attachments = { file }, CC = { "two@example.test" } };
        await fixture.ClearAsync();
#pragma warning disable SYSLIB0014 // The one way to tell this client which certificates to believe.
        ServicePointManager.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=" + InboundHost.HostName;
        await client.SendMailAsync(message);
        ServicePointManager.ServerCertificateValidationCallback = null;
#pragma warning restore SYSLIB0014
        Check(Assert.Single(await fixture.SubmittedAsync()));
    }

    private string PortOf(SmtpServiceKind kind) => _host.FindEndPoint(1 + (int)kind).Port.ToString(CultureInfo.InvariantCulture);

    private async Task SubmitAsync(string program, params string[] arguments)
    {
        await fixture.ClearAsync();
        await ClientProcess.RunAsync(program, arguments);
        Check(Assert.Single(await fixture.SubmittedAsync()));
    }

    private static void Check(SubmittedRow row)
    {
        Assert.Equal("real", row.Subject);
        Assert.Equal("body", row.Text?.Trim());
        Assert.NotNull(row.Attachments);
        Assert.Equal(["one@example.test", "two@example.test"], row.Recipients.Select(recipient => recipient.Split(' ')[1]));
    }
}
