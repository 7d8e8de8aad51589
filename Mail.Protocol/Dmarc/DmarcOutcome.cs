namespace Mail.Protocol.Dmarc;

/// <summary>Results of DMARC in the words of RFC 9989 §9.2 and RFC 8601 §2.7.</summary>
public enum DmarcResult
{
    /// <summary>No record applies, or there is no author domain.</summary>
    None,

    /// <summary>An authenticated identifier is aligned.</summary>
    Pass,

    /// <summary>None is.</summary>
    Fail,

    /// <summary>DNS failed for now.</summary>
    Temperror,
}

/// <summary>What SPF or DKIM says about one domain.</summary>
public enum DmarcMechanismResult
{
    /// <summary>The domain is authenticated.</summary>
    Pass,

    /// <summary>It is not, whatever the reason.</summary>
    Fail,

    /// <summary>It could be told later.</summary>
    Temperror,
}

/// <summary>An identifier that DMARC may rest on: the MAIL FROM domain of SPF, or the <c>d=</c> of one DKIM signature.</summary>
/// <param name="Domain">A-labels or U-labels, any case.</param>
/// <param name="Result">What the mechanism said.</param>
public sealed record DmarcIdentifier(string Domain, DmarcMechanismResult Result);

/// <summary>One message to judge.</summary>
/// <param name="AuthorDomain">Domain of the only address in From; with none or several different ones, DMARC does not apply (RFC 9989 §5.3.1).</param>
/// <param name="Spf">The MAIL FROM identity, not HELO (RFC 9989 §4.4.2); null when SPF was not checked.</param>
/// <param name="Dkim">The signatures checked.</param>
public sealed record DmarcInput(string AuthorDomain, DmarcIdentifier? Spf, IReadOnlyList<DmarcIdentifier> Dkim);

/// <summary>The judgement.</summary>
public sealed record DmarcOutcome
{
    /// <summary>The result.</summary>
    public required DmarcResult Result { get; init; }

    /// <summary>The author domain as A-labels in lower case; empty when there is none.</summary>
    public string AuthorDomain { get; init; } = "";

    /// <summary>The domain whose record applies; null without one.</summary>
    public string? PolicyDomain { get; init; }

    /// <summary>The record that applies; null without one.</summary>
    public DmarcRecord? Record { get; init; }

    /// <summary>What the domain owner wants for this message if it fails, test mode considered.</summary>
    public DmarcPolicy Policy { get; init; }

    /// <summary>The same without regard to test mode.</summary>
    public DmarcPolicy PublishedPolicy { get; init; }

    /// <summary>SPF passed for an aligned domain.</summary>
    public bool IsSpfAligned { get; init; }

    /// <summary>The aligned domain with a passing signature; null without one.</summary>
    public string? DkimAlignedDomain { get; init; }

    /// <summary>For <see cref="DmarcResult.None"/> and <see cref="DmarcResult.Temperror"/>: why, for logs and for people.</summary>
    public string? Problem { get; init; }
}
