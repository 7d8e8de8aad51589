using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Tls;

/// <summary>TLS towards other people's servers.</summary>
public sealed class TlsOptions
{
    public const string Section = "Tls";

    /// <summary>Honours MTA-STS policies of recipient domains (RFC 8461). Default true.</summary>
    public bool MtaSts { get; set; } = true;

    /// <summary>How long a domain's policy counts before DNS is asked again whether it has changed. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan MtaStsCheck { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A policy is fetched anew after this time, or after half of its own time if that is less. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan MtaStsRefresh { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long fetching a policy may take; mail to the domain waits for it. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan MtaStsTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The port that policies are fetched from. Default 443.</summary>
    [Range(1, 65535)]
    public int MtaStsPort { get; set; } = 443;

    /// <summary>How long a server that offers TLS and fails at it gets mail in the clear, where no policy forbids that, before TLS is tried again. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan RememberFailures { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>PEM file of the root certificates to trust instead of the system's, for mail servers and hosts of policies.</summary>
    public string? RootsFile { get; set; }
}
