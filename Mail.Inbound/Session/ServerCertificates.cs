using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Session;

/// <summary>The certificate for STARTTLS: from the configured PEM files, or self-made in Development.</summary>
internal sealed class ServerCertificates
{
    public ServerCertificates(IOptions<InboundOptions> options, IHostEnvironment environment, string hostName, TimeProvider clock)
    {
        Current = options.Value.CertificateFile is { } file ? Load(file, options.Value.CertificateKeyFile)
            : environment.IsDevelopment() ? SslStreamCertificateContext.Create(MakeOwn(hostName, clock), additionalCertificates: null, offline: true)
            : null;
    }

    /// <summary>Null: STARTTLS is not offered.</summary>
    public SslStreamCertificateContext? Current { get; }

    // RFC 8446 §4.4.2: the chain goes with the certificate, as it stands in the file; nothing is fetched.
    private static SslStreamCertificateContext Load(string file, string? keyFile)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(file, keyFile), chain, offline: true);
    }

    private static X509Certificate2 MakeOwn(string hostName, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostName);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = clock.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }
}
