using System.Globalization;

namespace Mail.Inbound.Tests.Clients;

/// <summary>Programs that others wrote.</summary>
public sealed class RealClientTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private string Port => fixture.Development.EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task Swaks_delivers() => Assert.Contains(" with ESMTP;", await DeliverAsync("swaks", Swaks()));

    [Fact]
    public async Task Swaks_delivers_with_starttls() => Assert.Contains(" with ESMTPS;", await DeliverAsync("swaks", [.. Swaks(), "-tls"]));

    [Fact]
    public async Task Python_smtplib_delivers() => Assert.Contains(" with ESMTPS;", await DeliverAsync("/usr/bin/python3", ["-c",
        $"""
        import smtplib
        with smtplib.SMTP("127.0.0.1", {Port}) as smtp:
            smtp.starttls()
            smtp.sendmail("a@client.test", ["one@local.test"], "Subject: real\n\n.dots\n..and more\n")
        """]));

    [Fact]
    public async Task Nodemailer_delivers() => Assert.Contains(" with ESMTPS;", await DeliverAsync("node", ["-e",
        $$"""
        require(process.cwd() + "/tests/tools/node_modules/nodemailer")
            .createTransport({ host: "127.0.0.1", port: {{Port}}, tls: { rejectUnauthorized: false } })
            .sendMail({ from: "a@client.test", to: "one@local.test", subject: "real", text: "hello" })
            .catch(error => { console.error(error); process.exit(1); });
        """]));

    private string[] Swaks() =>
        ["--server", "127.0.0.1", "--port", Port, "--from", "a@client.test", "--to", "one@local.test", "--h-Subject", "real", "--hide-all"];

    /// <summary>How the Received field says the message came.</summary>
    private async Task<string> DeliverAsync(string program, string[] arguments)
    {
        await fixture.ClearAsync();
        await ClientProcess.RunAsync(program, arguments);
        var mail = Assert.Single(await fixture.StoredAsync());
        Assert.Equal("real", mail.Subject);
        return mail.Trace[2];
    }
}
