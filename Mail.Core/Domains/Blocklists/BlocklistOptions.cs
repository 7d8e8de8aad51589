using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Domains.Blocklists;

/// <summary>Which DNS blocklists are asked about this installation and its domains. None by default: many have terms of use.</summary>
public sealed class BlocklistOptions
{
    public const string Section = "Blocklists";

    /// <summary>Zones that list addresses, such as <c>zen.spamhaus.org</c>.</summary>
    [MaxLength(20)]
    public IList<string> AddressZones { get; set; } = [];

    /// <summary>Zones that list domains, such as <c>dbl.spamhaus.org</c>.</summary>
    [MaxLength(20)]
    public IList<string> DomainZones { get; set; } = [];

    /// <summary>The addresses mail leaves from. Empty: those of Mail:Host:Name.</summary>
    [MaxLength(16)]
    public IList<string> SendingAddresses { get; set; } = [];

    /// <summary>How long all questions together may take. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
