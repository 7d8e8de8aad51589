using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Tls;

/// <summary>How a mail server under test does TLS.</summary>
public enum Certificate
{
    Good,
    Expired,
    WrongName,
    SelfSigned,

    /// <summary>STARTTLS is not offered, or somebody on the way took it out.</summary>
    None,

    /// <summary>STARTTLS is offered and refused.</summary>
    Refused,

    /// <summary>What follows STARTTLS is no handshake.</summary>
    Broken,
}

/// <summary>A recipient domain <c>example.test</c> with a mail server and a certificate authority, and a worker that delivers to it.</summary>
internal sealed class TlsSystem : IAsyncDisposable
{
    public const string MxHost = "mx.example.test";

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("mail-tls-");
    private readonly string _roots;

    private TlsSystem()
    {
        _roots = Path.Combine(_files.FullName, "roots.pem");
        File.WriteAllText(_roots, Authority.Authority.ExportCertificatePem());
    }

    public TestCertificates Authority { get; } = new();

    public ScriptedSmtpServer Mx { get; private set; } = null!;

    /// <summary>The host of the domain's MTA-STS policy.</summary>
    public PolicyServer Policies { get; private set; } = null!;

    public WorkerSystem Worker { get; private set; } = null!;

    public X509Certificate2? MxCertificate { get; private set; }

    public DnsZone Zone { get; } = new DnsZone().Mx("example.test", 10, MxHost).A(MxHost, "127.0.0.1").A("mta-sts.example.test", "127.0.0.1");

    /// <param name="extensions">Offered by the mail server besides PIPELINING.</param>
    public static async Task<TlsSystem> CreateAsync(
        Certificate certificate, string[]? extensions = null, params (string Key, string Value)[] settings)
    {
        var system = new TlsSystem();
        system.MxCertificate = system.CertificateOf(certificate);
        system.Mx = ScriptedSmtpServer.Start(system.ScriptOf(certificate, extensions ?? []));
        system.Policies = PolicyServer.Start(system.Authority.Issue("mta-sts.example.test"));
        system.Worker = await WorkerSystem.CreateAsync(resolver: new FakeDnsResolver(system.Zone), settings:
        [
            ("Mail:Delivery:Mode", "direct"),
            ("Mail:Delivery:MxPort", system.Mx.EndPoint.Port.ToString(CultureInfo.InvariantCulture)),
            ("Mail:Delivery:AllowPrivateAddresses", "true"),
            ("Mail:Tls:RootsFile", system._roots),
            ("Mail:Tls:MtaStsPort", system.Policies.Port.ToString(CultureInfo.InvariantCulture)),
            .. settings,
        ]);
        return system;
    }

    /// <summary>Publishes a policy and announces it under an id.</summary>
    public TlsSystem Publish(string mode, string mx = MxHost, string id = "1", int maxAge = 86_400)
    {
        Policies.Answer = PolicyServer.Policy($"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {maxAge}\r\n");
        Zone.Remove("_mta-sts.example.test").Txt("_mta-sts.example.test", $"v=STSv1; id={id};");
        return this;
    }

    public X509Certificate2? CertificateOf(Certificate certificate)
    {
        switch (certificate)
        {
            case Certificate.None or Certificate.Broken or Certificate.Refused:
                return null;
            case Certificate.Expired:
                return Authority.Issue(MxHost, expired: true);
            case Certificate.WrongName:
                return Authority.Issue("mx.other.test");
            case Certificate.SelfSigned:
                return SelfSigned();
            default:
                return Authority.Issue(MxHost);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await Mx.DisposeAsync();
        await Policies.DisposeAsync();
        MxCertificate?.Dispose();
        Authority.Dispose();
        _files.Delete(recursive: true);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={MxHost}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(MxHost);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(20));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private SmtpScript ScriptOf(Certificate certificate, string[] extensions)
    {
        var script = new SmtpScript
        {
            Certificate = MxCertificate,
            HostName = MxHost,
            Extensions = certificate is Certificate.Broken or Certificate.Refused ? ["PIPELINING", "STARTTLS"] : ["PIPELINING", .. extensions],
        };
        return certificate switch
        {
            Certificate.Refused => script.On("STARTTLS", SmtpStep.Reply("454 4.7.0 not now")),
            Certificate.Broken => script.On("STARTTLS", SmtpStep.Reply("220 2.0.0 go")),
            _ => script,
        };
    }
}
