using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Protocol.Smtp;

/// <summary>How the server's certificate was verified.</summary>
public enum SmtpPeerVerification
{
    /// <summary>It was not, or it did not pass and did not need to.</summary>
    None,

    /// <summary>Trusted chain and matching name (RFC 6125).</summary>
    Pkix,

    /// <summary>TLSA record (RFC 7672).</summary>
    Dane,
}

/// <summary>What was wrong with the server's certificate, in the terms of TLS reports (RFC 8460 §4.3.1 and §4.3.2.1).</summary>
public enum SmtpCertificateFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There was none, or another problem.</summary>
    Other,

    /// <summary>The name is another.</summary>
    HostMismatch,

    /// <summary>Expired, or not valid yet.</summary>
    Expired,

    /// <summary>The chain does not end at a trusted root.</summary>
    NotTrusted,

    /// <summary>No usable TLSA record matches.</summary>
    TlsaMismatch,

    /// <summary><see cref="SmtpClientOptions.VerifyPeer"/> said no.</summary>
    RefusedByCaller,
}

/// <summary>What is known about the TLS session.</summary>
/// <param name="Protocol">For example <see cref="SslProtocols.Tls13"/>.</param>
/// <param name="CipherSuite">IANA name of the suite.</param>
/// <param name="Verification">How the certificate was verified.</param>
/// <param name="CertificateProblem">Why it did not verify, for a log or a TLS report; null when it did.</param>
public sealed record SmtpTlsFacts(
    SslProtocols Protocol, TlsCipherSuite CipherSuite, SmtpPeerVerification Verification, string? CertificateProblem)
{
    /// <summary>The same for a report.</summary>
    public SmtpCertificateFault CertificateFault { get; init; }

    /// <summary>The certificate passed PKIX or DANE.</summary>
    public bool IsVerified => Verification != SmtpPeerVerification.None;
}

/// <summary>The certificate a server presented, for <see cref="SmtpClientOptions.VerifyPeer"/>. Valid during the call only.</summary>
/// <param name="Certificate">The server's own certificate.</param>
/// <param name="Chain">The certificates as sent, or as far as they chain up.</param>
/// <param name="Errors">What PKIX found wrong.</param>
/// <param name="ServerName">The name asked for.</param>
/// <param name="Verification">What has been verified so far.</param>
public sealed record SmtpPeerCertificate(
    X509Certificate2 Certificate, IReadOnlyList<X509Certificate2> Chain, SslPolicyErrors Errors, string ServerName,
    SmtpPeerVerification Verification);
