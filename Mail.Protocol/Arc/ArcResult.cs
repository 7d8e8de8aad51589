namespace Mail.Protocol.Arc;

/// <summary>State of a chain: the words of <c>cv=</c> and of <c>arc=</c> in results (RFC 8617 §4.4, §10.1).</summary>
public enum ArcStatus
{
    /// <summary>No sets.</summary>
    None,

    /// <summary>Every seal holds, and so does the newest message signature.</summary>
    Pass,

    /// <summary>The chain is malformed or broken.</summary>
    Fail,
}

/// <summary>What one handler of the message said.</summary>
/// <param name="Instance">Position in the chain (<c>i=</c>), from 1.</param>
/// <param name="Domain">The sealing domain (<c>d=</c> of <c>ARC-Seal</c>), lower case.</param>
/// <param name="Selector">Its selector.</param>
/// <param name="ChainStatus">What the handler found of the chain before it (<c>cv=</c>).</param>
/// <param name="AuthenticationResults">The payload of its <c>ARC-Authentication-Results</c> behind <c>i=…;</c>, unfolded.</param>
public sealed record ArcSet(int Instance, string Domain, string Selector, ArcStatus ChainStatus, string AuthenticationResults);

/// <summary>The outcome for a message.</summary>
/// <param name="Status">State of the chain.</param>
/// <param name="Reason">For a failure, why; in ASCII.</param>
public sealed record ArcResult(ArcStatus Status, string Reason)
{
    /// <summary>The sets from the first to the newest; empty when the chain is malformed. To be trusted only on pass.</summary>
    public IReadOnlyList<ArcSet> Sets { get; init; } = [];

    /// <summary>
    /// The lowest instance whose message signature and all newer ones still hold (RFC 8617 §5.2, step 5);
    /// 0 when every one does. Means something on pass only.
    /// </summary>
    public int OldestPass { get; init; }

    /// <summary>The failure came from DNS and may be gone on a later try (RFC 8617 §5.2 lets a receiver answer 451).</summary>
    public bool IsTemporary { get; init; }

    internal static ArcResult Fail(string reason) => new(ArcStatus.Fail, reason);
}
