using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;
using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;
using static Mail.Protocol.Tests.Smtp.Client.SmtpClientFixture;

namespace Mail.Protocol.Tests.Smtp.Client;

public sealed class SmtpTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly X509Certificate2 _certificate;

    public SmtpTlsTests() => _certificate = _certificates.Issue("mx.test");

    private SmtpClientOptions Verified => Options with
    {
        Tls = SmtpTlsMode.Verified,
        ServerName = "mx.test",
        TrustedRoots = [_certificates.Authority],
    };

    public void Dispose()
    {
        _certificate.Dispose();
        _certificates.Dispose();
    }

    [Theory]
    [InlineData(SmtpTlsMode.Opportunistic)]
    [InlineData(SmtpTlsMode.Required)]
    public async Task Any_certificate_will_do_unless_verified(SmtpTlsMode mode)
    {
        await using var server = Start();
        await using var connection = await ConnectAsync(server, Options with { Tls = mode, ServerName = "other.test" });
        Assert.NotNull(connection.Tls);
        Assert.False(connection.Tls.IsVerified);
        Assert.NotNull(connection.Tls.CertificateProblem);
        Assert.True((await connection.SendAsync(Envelope, Message, Limit)).IsAccepted);
        Assert.True(server.Messages[0].Encrypted);
        Assert.Equal(2, server.Commands.Count(command => command.StartsWith("EHLO", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Verified_takes_a_trusted_certificate_with_the_right_name()
    {
        await using var server = Start();
        await using var connection = await ConnectAsync(server, Verified);
        Assert.Equal(SmtpPeerVerification.Pkix, connection.Tls!.Verification);
        Assert.Null(connection.Tls.CertificateProblem);
    }

    [Fact]
    public async Task Verified_refuses_wrong_name_unknown_root_and_expired_certificate()
    {
        await using var server = Start();
        using var expired = _certificates.Issue("mx.test", expired: true);
        await using var stale = ScriptedSmtpServer.Start(new SmtpScript { Certificate = expired });
        (ScriptedSmtpServer, SmtpClientOptions, string)[] cases =
        [
            (server, Verified with { ServerName = "mx2.test" }, TlsReportResult.CertificateHostMismatch),
            (server, Verified with { TrustedRoots = null }, TlsReportResult.CertificateNotTrusted),
            (server, Verified with { ServerName = "127.0.0.1" }, TlsReportResult.CertificateHostMismatch),
            (server, Verified with { VerifyPeer = _ => false }, TlsReportResult.ValidationFailure),
            (stale, Verified, TlsReportResult.CertificateExpired),
        ];
        foreach (var (target, options, reported) in cases)
        {
            var failure = await FailToConnectAsync(target, options);
            Assert.Equal(reported, TlsReportResult.Of(failure));
            Assert.Equal((SmtpStage.StartTls, SmtpCause.CertificateInvalid), (failure.Stage, failure.Cause));
        }
    }

    [Theory]
    [InlineData(3, 1, 1, true)]
    [InlineData(3, 0, 2, true)]
    [InlineData(2, 0, 1, true)]
    [InlineData(3, 1, 1, false)]
    [InlineData(2, 1, 1, false)]
    public async Task Dane_decides_when_a_record_is_usable(byte usage, byte selector, byte matching, bool right)
    {
        using var authority = new TestCertificates(parent: _certificates);
        using var leaf = authority.Issue("mx.test");
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Certificate = leaf, Intermediates = [authority.Authority] });
        var certificate = usage == 3 ? leaf : authority.Authority;
        var selected = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        var data = matching == 1 ? SHA256.HashData(selected) : SHA512.HashData(selected);
        data[0] ^= right ? (byte)0 : (byte)1;
        var options = Verified with { TrustedRoots = null, Tlsa = [new TlsaRecord(usage, selector, matching, data)] };
        if (right)
        {
            await using var connection = await ConnectAsync(server, options);
            Assert.Equal(SmtpPeerVerification.Dane, connection.Tls!.Verification);
            return;
        }
        Assert.Equal(SmtpCause.CertificateInvalid, (await FailToConnectAsync(server, options)).Cause);
    }

    [Fact]
    public async Task Plain_server_is_refused_when_tls_is_required()
    {
        await using var server = ScriptedSmtpServer.Start();
        foreach (var options in (SmtpClientOptions[])[Options with { Tls = SmtpTlsMode.Required }, Verified])
            Assert.Equal(SmtpCause.TlsUnavailable, (await FailToConnectAsync(server, options)).Cause);
    }

    [Fact]
    public async Task Refused_starttls_goes_on_in_the_clear_only_when_opportunistic()
    {
        await using var server = Start(SmtpStep.Reply("454 4.7.0 not now"));
        Assert.Equal(SmtpCause.TlsUnavailable, (await FailToConnectAsync(server, Options with { Tls = SmtpTlsMode.Required })).Cause);
        await using var connection = await ConnectAsync(server);
        Assert.Null(connection.Tls);
    }

    // The injection that CVE-2011-0411 and its kin are about, towards a client.
    [Fact]
    public async Task Octets_behind_the_starttls_reply_are_an_attack()
    {
        await using var server = Start(SmtpStep.Raw("220 go\r\n250-mx.test\r\n250 AUTH PLAIN\r\n"));
        var failure = await FailToConnectAsync(server, Options with { ServerName = "mx.test" });
        Assert.Equal((SmtpStage.StartTls, SmtpCause.ResponseInjection), (failure.Stage, failure.Cause));
    }

    [Fact]
    public async Task Handshake_that_is_not_tls_is_a_failure_of_the_handshake()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = ["STARTTLS"] }
            .On("STARTTLS", SmtpStep.Reply("220 go"))); // the server goes on in plain text
        await using var injecting = Start(SmtpStep.ReplyAndDrop("220 go"));
        Assert.Equal(SmtpCause.TlsHandshake, (await FailToConnectAsync(injecting)).Cause);
        Assert.Equal(SmtpCause.TlsHandshake, (await FailToConnectAsync(server)).Cause);
    }

    [Fact]
    public async Task Implicit_tls_speaks_tls_from_the_first_octet()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Certificate = _certificate, ImplicitTls = true });
        await using var connection = await ConnectAsync(server, Verified with { ImplicitTls = true });
        Assert.True(connection.Tls!.IsVerified);
        Assert.DoesNotContain("STARTTLS", server.Commands);
    }

    private ScriptedSmtpServer Start(SmtpStep? onStartTls = null)
    {
        var script = new SmtpScript { Certificate = _certificate };
        return ScriptedSmtpServer.Start(onStartTls is null ? script : script.On("STARTTLS", onStartTls));
    }
}
