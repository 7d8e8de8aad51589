using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mail.Inbound.Session;
using Mail.TestKit;
using Mail.TestKit.Smtp;

namespace Mail.Inbound.Tests.Session;

public sealed class ConnectionTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("MaxSessions")]
    [InlineData("MaxSessionsPerAddress")]
    public async Task Sessions_over_the_limit_are_refused_until_one_ends(string limit)
    {
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, settings: ($"Mail:Inbound:{limit}", "1"));
        var (first, firstServing) = host.Open(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1));
        // The same client by its other name.
        var (second, secondServing) = host.Open(new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 2));
        await using (var client = new LineClient(second))
        {
            Assert.Equal("421 4.3.2 Too many connections", await client.ReplyAsync());
            Assert.Null(await client.ReplyAsync());
        }
        await secondServing.WaitAsync(Limit);
        await first.DisposeAsync();
        await firstServing.WaitAsync(Limit);

        await using var third = new LineClient(host.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 3)));
        Assert.StartsWith("220 ", await third.ReplyAsync());
    }

    [Fact]
    public async Task Sessions_from_one_network_of_ipv6_count_together()
    {
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, settings: ("Mail:Inbound:MaxSessionsPerAddress", "1"));
        await using var first = new LineClient(host.Connect(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 1)));
        await using var neighbour = new LineClient(host.Connect(new IPEndPoint(IPAddress.Parse("2001:db8::ffff:0:0:2"), 2)));
        await using var other = new LineClient(host.Connect(new IPEndPoint(IPAddress.Parse("2001:db8:0:1::1"), 3)));

        Assert.StartsWith("220 ", await first.ReplyAsync());
        Assert.Equal("421 4.3.2 Too many connections", await neighbour.ReplyAsync());
        Assert.StartsWith("220 ", await other.ReplyAsync());
    }

    [Fact]
    public async Task Sessions_from_loopback_are_limited_in_total_only()
    {
        await using var host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, settings: ("Mail:Inbound:MaxSessionsPerAddress", "1"));
        await using var first = new LineClient(await host.ConnectAsync());
        await using var second = new LineClient(await host.ConnectAsync());
        Assert.StartsWith("220 ", await first.ReplyAsync());
        Assert.StartsWith("220 ", await second.ReplyAsync());
    }

    [Fact]
    public async Task Waiting_client_is_told_that_the_server_stops()
    {
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();

        var stopping = host.StopAsync();

        Assert.Equal("421 4.3.2 Service shutting down", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
        await stopping.WaitAsync(Limit);
    }

    [Fact]
    public async Task Message_on_its_way_arrives_before_the_server_stops()
    {
        await fixture.ClearAsync();
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString);
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        Assert.StartsWith("354", await client.AskAsync("MAIL FROM:<a@client.test>", "RCPT TO:<one@local.test>", "DATA"));
        var hasStopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.Stopping.Register(hasStopped.SetResult);

        var stopping = host.StopAsync();
        await hasStopped.Task.WaitAsync(Limit);

        Assert.StartsWith("250 ", await client.EndAsync("Subject: late"));
        Assert.StartsWith("421 4.3.2", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
        await stopping.WaitAsync(Limit);
        Assert.Equal("late", Assert.Single(await fixture.StoredAsync()).Subject);
    }

    [Fact]
    public async Task Chain_of_the_certificate_file_is_sent()
    {
        using var root = new TestCertificates();
        using var intermediate = new TestCertificates(parent: root);
        using var certificate = intermediate.Issue(InboundHost.HostName);
        using var key = certificate.GetECDsaPrivateKey()!;
        var folder = Directory.CreateTempSubdirectory("mail-inbound");
        var (chain, keyFile) = (Path.Combine(folder.FullName, "chain.pem"), Path.Combine(folder.FullName, "key.pem"));
        await File.WriteAllTextAsync(chain, certificate.ExportCertificatePem() + "\n" + intermediate.Authority.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        await using var host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, "Production",
            settings: [("Mail:Inbound:CertificateFile", chain), ("Mail:Inbound:CertificateKeyFile", keyFile)]);
        await using var client = new LineClient(host.Connect());
        await client.GreetAsync();

        string[] sent = [];
        await client.StartTlsAsync((_, _, built, _) =>
        {
            sent = [.. built!.ChainPolicy.ExtraStore.Select(element => element.Subject)];
            return true;
        });

        folder.Delete(recursive: true);
        Assert.Contains(intermediate.Authority.Subject, sent);
    }

    [Fact]
    public async Task Certificate_that_is_replaced_is_used_without_a_restart()
    {
        using var authority = new TestCertificates();
        var folder = Directory.CreateTempSubdirectory("mail-inbound");
        var file = Path.Combine(folder.FullName, "certificate.pem");
        var clock = new ManualTime();
        var first = await WriteAsync();
        await using var host = await InboundHost.StartAsync(
            fixture.Database.ConnectionString, "Production", clock, settings: ("Mail:Inbound:CertificateFile", file));
        Assert.Equal(first, await PresentedAsync());

        await File.WriteAllTextAsync(file, "half");
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(first, await PresentedAsync());

        var second = await WriteAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(second, await PresentedAsync());
        folder.Delete(recursive: true);

        async Task<string> WriteAsync()
        {
            using var certificate = authority.Issue(InboundHost.HostName);
            using var key = certificate.GetECDsaPrivateKey()!;
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
            return certificate.Thumbprint;
        }

        async Task<string> PresentedAsync()
        {
            await using var client = new LineClient(host.Connect());
            await client.GreetAsync();
            var thumbprint = "";
            await client.StartTlsAsync((_, certificate, _, _) =>
            {
                thumbprint = ((X509Certificate2)certificate!).Thumbprint;
                return true;
            });
            return thumbprint;
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039, CA5397 // What must be refused.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task Old_tls_is_refused(SslProtocols protocol, bool isTaken)
    {
        await using var stream = fixture.Development.Connect(kind: SmtpServiceKind.SubmissionTls);
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true, (_, _, _, _) => true);

        var failure = await Record.ExceptionAsync(() => tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = InboundHost.HostName, EnabledSslProtocols = protocol }));

        Assert.Equal(isTaken, failure is null);
    }

    [Fact]
    public async Task Client_that_does_not_wait_for_the_greeting_is_turned_away()
    {
        var (stream, serving) = fixture.Development.Open(sent: "EHLO client.test\r\n");
        await using var client = new LineClient(stream);

        Assert.Equal("554 5.5.1 Wait for the greeting", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
        await serving.WaitAsync(Limit);
    }

    [Fact]
    public async Task Session_of_too_many_commands_is_closed()
    {
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, settings: ("Mail:Inbound:MaxCommands", "1000"));
        await using var client = new LineClient(host.Connect());
        await client.GreetAsync();
        Assert.StartsWith("250 ", await client.AskAsync([.. Enumerable.Repeat("NOOP", 999)]));

        Assert.Equal("421 4.7.0 Too many commands, connect again", await client.AskAsync("NOOP"));
        Assert.Null(await client.ReplyAsync());
    }
}
