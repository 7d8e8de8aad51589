using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Domains;

/// <summary>Sending domains: what their owners are asked to publish, and how often it is looked at.</summary>
public sealed class DomainOptions
{
    public const string Section = "Domains";

    private const string HostName = "^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$";

    /// <summary>The SPF terms that name the servers mail leaves from, such as <c>include:_spf.example.net</c>. Empty: <c>a:</c> and Mail:Host:Name.</summary>
    public IList<string> SpfTerms { get; set; } = [];

    /// <summary>The host that a domain's own tracking host is an alias of. Empty: Mail:Host:Name.</summary>
    [RegularExpression(HostName)]
    public string? TrackingTarget { get; set; }

    /// <summary>Domains that one organization may have. Default 1000.</summary>
    [Range(1, 100_000)]
    public int MaxPerOrganization { get; set; } = 1000;

    /// <summary>The TTL that is suggested for records, in seconds. Default 1800.</summary>
    [Range(60, 86_400)]
    public int RecordTtl { get; set; } = 1800;

    /// <summary>How long looking for one record may take before it counts as unanswered. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
