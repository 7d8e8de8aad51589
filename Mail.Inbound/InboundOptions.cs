using System.ComponentModel.DataAnnotations;

namespace Mail.Inbound;

/// <summary>The SMTP listener.</summary>
public sealed class InboundOptions
{
    public const string Section = "Inbound";

    /// <summary>The address to listen on; <c>*</c> for all.</summary>
    [Required]
    public string Address { get; set; } = "*";

    /// <summary>The port to listen on.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 25;

    /// <summary>PEM file with the certificate chain for TLS, read again when it changes. Without one, Development makes its own and other environments offer no STARTTLS.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file with the certificate's private key; by default it stands in the certificate's file.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>The largest message taken, in bytes (SIZE, RFC 1870).</summary>
    [Range(65_536, 1_000_000_000)]
    public int MaxMessageBytes { get; set; } = 41_943_040;

    /// <summary>The most recipients in a transaction (RFC 5321 §4.5.3.1.8 asks for at least 100).</summary>
    [Range(100, 10_000)]
    public int MaxRecipients { get; set; } = 1_000;

    /// <summary>Commands of a session that may be refused for good (5yz); one more, and it is closed.</summary>
    [Range(1, 1_000)]
    public int MaxErrors { get; set; } = 20;

    /// <summary>Sessions at the same moment; more get 421.</summary>
    [Range(1, 1_000_000)]
    public int MaxSessions { get; set; } = 10_000;

    /// <summary>Sessions from one address (IPv6: one /64) at the same moment; more get 421. Loopback is exempt.</summary>
    [Range(1, 1_000_000)]
    public int MaxSessionsPerAddress { get; set; } = 100;

    /// <summary>Commands of one session; one more, and it is closed. A client that has more to send connects again.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxCommands { get; set; } = 100_000;

    /// <summary>How long one session may last; a message that is on its way may still arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Load balancers, as addresses or networks (<c>10.0.0.0/8</c>), that put the PROXY protocol (version 1 or 2) in front of each connection. Nobody else may.</summary>
    public IList<string> ProxyFrom { get; set; } = [];

    /// <summary>How long a client may take for its next command (RFC 5321 §4.5.3.2.7: at least five minutes).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a client may take for a whole message.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan DataTimeout { get; set; } = TimeSpan.FromMinutes(30);
}
