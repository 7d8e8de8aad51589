using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Smtp;

/// <summary>Matches a server's certificates with its TLSA records (RFC 6698, RFC 7671, RFC 7672).</summary>
public static class DaneVerifier
{
    private const byte DaneTa = 2;
    private const byte DaneEe = 3;
    private const int MaxRecords = 64;

    // Said of a chain that ends at a trust anchor the system does not know, which is what DANE-TA is for.
    private const X509ChainStatusFlags AnchorFlags = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    /// <summary>
    /// RFC 7672 §3.1.3: only DANE-TA(2) and DANE-EE(3) are of use to SMTP; unknown selectors, matching types and
    /// digests of the wrong length are unusable (RFC 6698 §4.1).
    /// </summary>
    public static bool IsUsable(TlsaRecord record) => record.Usage is DaneTa or DaneEe && record.Selector is 0 or 1
        && record.MatchingType switch
        {
            0 => !record.Data.IsEmpty,
            1 => record.Data.Length == SHA256.HashSizeInBytes,
            2 => record.Data.Length == SHA512.HashSizeInBytes,
            _ => false,
        };

    /// <summary>Whether DANE can decide: RFC 7672 §2.2 asks for TLS without authentication when no record is usable.</summary>
    public static bool HasUsable(IEnumerable<TlsaRecord> records) => records.Take(MaxRecords).Any(IsUsable);

    /// <summary>Whether one usable record vouches for the certificate.</summary>
    /// <param name="records">The TLSA RRset, DNSSEC-validated.</param>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="presented">The other certificates the server sent.</param>
    /// <param name="names">The names a DANE-TA certificate may have: MX host name and next-hop domain (RFC 7672 §3.2.2).</param>
    /// <param name="now">The time for validity checks of DANE-TA chains.</param>
    public static bool Matches(
        IEnumerable<TlsaRecord> records, X509Certificate2 certificate, IReadOnlyCollection<X509Certificate2> presented,
        IEnumerable<string> names, DateTimeOffset now)
    {
        var usable = records.Take(MaxRecords).Where(IsUsable).ToArray();
        // RFC 7672 §3.1.1: DANE-EE needs no name and no validity period, the record itself binds both.
        if (usable.Any(record => record.Usage == DaneEe && MatchesData(record, certificate)))
            return true;
        var anchors = usable.Where(record => record.Usage == DaneTa).ToArray();
        return anchors.Length > 0 && names.Any(name => HasName(certificate, name))
            && ChainsToAnchor(anchors, certificate, presented, now);
    }

    /// <summary>Whether the record's data is that of the certificate, by selector and matching type (RFC 6698 §2.1).</summary>
    public static bool MatchesData(TlsaRecord record, X509Certificate2 certificate)
    {
        var selected = record.Selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        ReadOnlySpan<byte> data = record.MatchingType switch
        {
            0 => selected,
            1 => SHA256.HashData(selected),
            2 => SHA512.HashData(selected),
            _ => [],
        };
        return !data.IsEmpty && data.SequenceEqual(record.Data.Span);
    }

    private static bool ChainsToAnchor(
        TlsaRecord[] anchors, X509Certificate2 certificate, IEnumerable<X509Certificate2> presented, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(presented.Concat(FullAnchors(anchors)).ToArray());
        chain.Build(certificate);
        // The chain ends for us at the anchor; what is above it is not looked at (RFC 7671 §5.2).
        foreach (var element in chain.ChainElements)
        {
            if (element.ChainElementStatus.Any(status => (status.Status & ~AnchorFlags) != 0))
                return false;
            if (anchors.Any(anchor => MatchesData(anchor, element.Certificate)))
                return true;
        }
        return false;
    }

    // RFC 7672 §3.1.2: with matching type Full(0) the server may leave the anchor out of what it sends.
    private static IEnumerable<X509Certificate2> FullAnchors(TlsaRecord[] anchors)
    {
        foreach (var anchor in anchors.Where(anchor => anchor is { Selector: 0, MatchingType: 0 }))
        {
            if (TryLoad(anchor.Data.Span) is { } certificate)
                yield return certificate;
        }
    }

    private static X509Certificate2? TryLoad(ReadOnlySpan<byte> der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            return null; // record data that is not a certificate matches nothing
        }
    }

    private static bool HasName(X509Certificate2 certificate, string name)
    {
        var host = name.TrimEnd('.');
        return host.Length > 0 && Uri.CheckHostName(host) == UriHostNameType.Dns && certificate.MatchesHostname(host);
    }
}
