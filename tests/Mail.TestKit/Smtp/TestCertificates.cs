using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.TestKit.Smtp;

/// <summary>A certificate authority made for one test, and certificates it issues.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly TimeProvider _clock;

    /// <summary>A self-signed authority, or one below <paramref name="parent"/>.</summary>
    public TestCertificates(TimeProvider? clock = null, TestCertificates? parent = null)
    {
        _clock = clock ?? TimeProvider.System;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(parent is null ? "CN=Mail Test Root" : "CN=Mail Test Authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (parent is null)
        {
            Authority = request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(30));
            return;
        }
        using var issued = request.Create(parent.Authority, Now.AddDays(-2), Now.AddDays(25), RandomNumberGenerator.GetBytes(8));
        Authority = issued.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Authority { get; }

    private DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>A server certificate for host names or addresses; <paramref name="expired"/> ended yesterday.</summary>
    public X509Certificate2 Issue(string name, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var end = expired ? Now.AddDays(-1) : Now.AddDays(20);
        using var issued = request.Create(Authority, Now.AddDays(-2), end, RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(key);
        // A key that SslStream takes on every platform has been through PKCS #12.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose() => Authority.Dispose();
}
