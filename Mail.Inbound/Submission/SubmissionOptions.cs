using System.ComponentModel.DataAnnotations;

namespace Mail.Inbound.Submission;

/// <summary>Submission (RFC 6409): mail of programs that log in with an API key. Certificate, address and limits of a session are those of <c>Mail:Inbound</c>.</summary>
public sealed class SubmissionOptions
{
    public const string Section = "Submission";

    /// <summary>The port for submission with STARTTLS, by custom 587 (RFC 6409 §3.1). Without one, none is opened.</summary>
    [Range(0, 65535)]
    public int? Port { get; set; }

    /// <summary>The port for submission over TLS from the first octet, by custom 465 (RFC 8314 §7.3). Without one, none is opened.</summary>
    [Range(0, 65535)]
    public int? TlsPort { get; set; }

    /// <summary>The most recipients of one message (RFC 5321 §4.5.3.1.8 asks for at least 100); more are to be sent in another transaction.</summary>
    [Range(100, 1_000)]
    public int MaxRecipients { get; set; } = 100;

    /// <summary>The most attachments of one message.</summary>
    [Range(0, 1_000)]
    public int MaxAttachments { get; set; } = 100;

    /// <summary>The most header fields of one message that are passed on as they are.</summary>
    [Range(0, 1_000)]
    public int MaxHeaders { get; set; } = 100;

    /// <summary>Log-ins that may fail from one address (IPv6: one /64) within FailureWindow; then it has to wait.</summary>
    [Range(1, 10_000)]
    public int MaxLoginFailures { get; set; } = 20;

    /// <summary>How long failed log-ins are counted, from the first of them on.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FailureWindow { get; set; } = TimeSpan.FromMinutes(10);
}
