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
        var certificate = Load(options.Value) ?? (environment.IsDevelopment() ? MakeOwn(hostName, clock) : null);
        Current = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null);
    }

    /// <summary>Null: STARTTLS is not offered.</summary>
    public SslStreamCertificateContext? Current { get; }

    private static X509Certificate2? Load(InboundOptions options) =>
        options.CertificateFile is null ? null : X509Certificate2.CreateFromPemFile(options.CertificateFile, options.CertificateKeyFile);

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
