namespace Mail.Protocol.Dmarc;

/// <summary>What a domain owner wants done with mail that fails (RFC 9989 §4.7). Ordered from mild to strict.</summary>
public enum DmarcPolicy
{
    /// <summary>No preference.</summary>
    None,

    /// <summary>Treat as suspicious.</summary>
    Quarantine,

    /// <summary>The use of the domain is not valid.</summary>
    Reject,
}

/// <summary>How close an authenticated identifier has to be to the author domain.</summary>
public enum DmarcAlignment
{
    /// <summary>Same organizational domain (RFC 9989 §3.2.10.1).</summary>
    Relaxed,

    /// <summary>Same domain (RFC 9989 §3.2.10.2).</summary>
    Strict,
}

/// <summary>What a record says about its own domain: the <c>psd</c> tag.</summary>
public enum DmarcPublicSuffix
{
    /// <summary><c>psd=u</c> or absent: the tree walk tells.</summary>
    Unknown,

    /// <summary><c>psd=y</c>: a public suffix; organizational domains lie one label below.</summary>
    Yes,

    /// <summary><c>psd=n</c>: an organizational domain.</summary>
    No,
}

/// <summary>A policy record (RFC 9989 §4.7). Also reads records written for RFC 7489.</summary>
public sealed record DmarcRecord
{
    /// <summary>The <c>p</c> tag; null when absent or not one of the three words.</summary>
    public DmarcPolicy? Policy { get; init; }

    /// <summary>The <c>sp</c> tag: for subdomains.</summary>
    public DmarcPolicy? SubdomainPolicy { get; init; }

    /// <summary>The <c>np</c> tag: for subdomains that do not exist.</summary>
    public DmarcPolicy? NonexistentPolicy { get; init; }

    /// <summary>The <c>adkim</c> tag.</summary>
    public DmarcAlignment DkimAlignment { get; init; }

    /// <summary>The <c>aspf</c> tag.</summary>
    public DmarcAlignment SpfAlignment { get; init; }

    /// <summary>The <c>psd</c> tag.</summary>
    public DmarcPublicSuffix PublicSuffix { get; init; }

    /// <summary>The <c>t</c> tag: the policy is being tried out and applies one level milder.</summary>
    public bool IsTesting { get; init; }

    /// <summary>The <c>rua</c> tag: where aggregate reports go; syntactically valid addresses only.</summary>
    public IReadOnlyList<DmarcReportAddress> AggregateReports { get; init; } = [];

    /// <summary>The <c>ruf</c> tag: where failure reports go; syntactically valid addresses only.</summary>
    public IReadOnlyList<DmarcReportAddress> FailureReports { get; init; } = [];

    /// <summary>The <c>fo</c> tag: any of <c>0 1 d s</c>, in the order given; <c>0</c> when absent or wrong.</summary>
    public string FailureOptions { get; init; } = "0";

    /// <summary>The <c>pct</c> tag of RFC 7489 §6.3, 0 to 100. RFC 9989 took it away: it is read, and has no effect.</summary>
    public int Percentage { get; init; } = 100;

    /// <summary>A <c>p</c>, <c>sp</c> or <c>np</c> tag is there with a word that is no policy.</summary>
    public bool HasInvalidPolicy { get; init; }

    /// <summary>
    /// Whether the record makes DMARC apply (RFC 9989 §4.10.1): with a valid policy, or, as a request for reports only, with an address for them.
    /// </summary>
    public bool IsApplicable => (Policy is not null && !HasInvalidPolicy) || AggregateReports.Count > 0;

    /// <summary>Reads a TXT record. Null when it is not meant as a DMARC record; errors after the version fall back to defaults (RFC 9989 §4.8).</summary>
    public static DmarcRecord? Parse(string text) => DmarcRecordParser.Parse(text);

    /// <summary>The policy as published for the domain of the record, a subdomain, or a subdomain that does not exist, before <c>t</c>.</summary>
    internal DmarcPolicy PolicyFor(bool isSubdomain, bool exists)
    {
        // RFC 9989 §4.10.1: a broken policy counts as "none".
        if (HasInvalidPolicy || Policy is not { } policy)
            return DmarcPolicy.None;
        if (!isSubdomain)
            return policy;
        return (exists ? null : NonexistentPolicy) ?? SubdomainPolicy ?? policy;
    }
}

/// <summary>A reporting address.</summary>
/// <param name="Uri">Absolute URI, without the size of RFC 7489.</param>
/// <param name="MaximumBytes">The size limit that RFC 7489 §6.2 allowed behind an exclamation mark; null without one. Obsolete.</param>
public sealed record DmarcReportAddress(Uri Uri, long? MaximumBytes);
