namespace Mail.Protocol.Dkim;

/// <summary>Result words of RFC 8601 §2.7.1.</summary>
public enum DkimStatus
{
    /// <summary>The message was not signed.</summary>
    None,

    /// <summary>The signature holds.</summary>
    Pass,

    /// <summary>The signature is well formed and its key was found, but body or header are not what was signed.</summary>
    Fail,

    /// <summary>The signature is refused by rule: rsa-sha1 or a key under 1024 bits (RFC 8301), too many signatures, or a partly signed body.</summary>
    Policy,

    /// <summary>The signature cannot be processed here: unknown algorithm, canonicalisation or query method.</summary>
    Neutral,

    /// <summary>The key could not be fetched now; a later try may succeed.</summary>
    Temperror,

    /// <summary>The signature or its key record is malformed, expired, revoked or missing.</summary>
    Permerror,
}

/// <summary>The outcome of one signature.</summary>
/// <param name="Status">The result.</param>
/// <param name="Domain">Signing domain (<c>d=</c>), lower case; empty when the signature is unreadable.</param>
/// <param name="Selector">Selector (<c>s=</c>); empty when the signature is unreadable.</param>
/// <param name="Reason">For a result other than pass, why; in ASCII, fit for a comment.</param>
public sealed record DkimResult(DkimStatus Status, string Domain, string Selector, string Reason)
{
    /// <summary>Agent or user identifier (<c>i=</c>), <c>@domain</c> when the signature names none.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Algorithm (<c>a=</c>).</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>The first eight characters of <c>b=</c>, which tell signatures apart (RFC 6008 §4).</summary>
    public string SignatureStart { get; init; } = "";

    /// <summary>The key record has the flag <c>t=y</c>: the signer asks to be treated as if unsigned (RFC 6376 §3.6.1).</summary>
    public bool IsTesting { get; init; }

    /// <summary>Octets of the body beyond <c>l=</c>, which anybody may have added (RFC 6376 §8.2).</summary>
    public long UnsignedBodyBytes { get; init; }

    /// <summary>When the signer says it signed (<c>t=</c>).</summary>
    public DateTimeOffset? SignedAt { get; init; }
}
