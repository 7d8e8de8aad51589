using System.Net;
using System.Security.Cryptography.X509Certificates;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Smtp;

/// <summary>How much TLS a connection needs.</summary>
public enum SmtpTlsMode
{
    /// <summary>Never, even when offered.</summary>
    Disabled,

    /// <summary>When offered, with any certificate (RFC 7435). A failed handshake fails the connection; the caller may come again without TLS.</summary>
    Opportunistic,

    /// <summary>Always, with any certificate.</summary>
    Required,

    /// <summary>Always, with a certificate that passes DANE when TLSA records are given, else PKIX with host name (MTA-STS, RFC 8461 §4.1).</summary>
    Verified,
}

/// <summary>How a client connects and what it may do.</summary>
public sealed record SmtpClientOptions
{
    /// <summary>The name given in EHLO: the FQDN or address literal of this host (RFC 5321 §4.1.4).</summary>
    public required string LocalName { get; init; }

    /// <summary>The local address to connect from; null lets the system choose.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>How much TLS is needed. Default <see cref="SmtpTlsMode.Opportunistic"/>.</summary>
    public SmtpTlsMode Tls { get; init; } = SmtpTlsMode.Opportunistic;

    /// <summary>TLS from the first octet (RFC 8314 §3, port 465) instead of STARTTLS; <see cref="Tls"/> then only says what is verified.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>The server name for SNI and the certificate check: the MX host name. Needed for <see cref="SmtpTlsMode.Verified"/>.</summary>
    public string? ServerName { get; init; }

    /// <summary>TLSA records of the server, already DNSSEC-validated (RFC 7672). Not empty: they decide instead of PKIX.</summary>
    public IReadOnlyList<TlsaRecord> Tlsa { get; init; } = [];

    /// <summary>Further names that a DANE-TA certificate may have: the next-hop domain (RFC 7672 §3.2.2).</summary>
    public IReadOnlyList<string> DaneReferenceNames { get; init; } = [];

    /// <summary>Root certificates to trust instead of the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>A last word on the certificate, asked after the checks of the mode; false fails the connection in every mode.</summary>
    public Func<SmtpPeerCertificate, bool>? VerifyPeer { get; init; }

    /// <summary>Sent with AUTH when given; a server that does not offer AUTH fails the connection.</summary>
    public SmtpCredentials? Credentials { get; init; }

    /// <summary>Allows AUTH without TLS. Default false.</summary>
    public bool AllowPlainTextAuth { get; init; }

    /// <summary>Uses BDAT when the server offers CHUNKING. Default false: DATA needs fewer round trips for small mail.</summary>
    public bool UseChunking { get; init; }

    /// <summary>Stage timeouts.</summary>
    public SmtpTimeouts Timeouts { get; init; } = SmtpTimeouts.Default;

    /// <summary>The clock behind the timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Records commands and replies; can be changed per transaction on the connection.</summary>
    public SmtpTranscript? Transcript { get; init; }
}
