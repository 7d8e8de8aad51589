namespace Mail.Protocol.Spf;

/// <summary>The results of check_host(), in the words of RFC 7208 §2.6.</summary>
public enum SpfResult
{
    /// <summary>No name to check, or the domain publishes no policy.</summary>
    None,

    /// <summary>The domain says that it says nothing.</summary>
    Neutral,

    /// <summary>The client may send for the domain.</summary>
    Pass,

    /// <summary>The client may not send for the domain.</summary>
    Fail,

    /// <summary>The client probably may not send for the domain.</summary>
    Softfail,

    /// <summary>DNS failed for now.</summary>
    Temperror,

    /// <summary>The published policy cannot be understood, or asks for too much.</summary>
    Permerror,
}

/// <summary>What a check found.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The domain whose policy was asked for, as A-labels; empty when there was none to ask for.</param>
/// <param name="Sender">The sender that macros stood for: <c>local@domain</c>.</param>
/// <param name="Mechanism">The directive that decided, as published (<c>-all</c>, <c>ip4:192.0.2.0/24</c>); null when none did.</param>
/// <param name="Explanation">For <see cref="SpfResult.Fail"/>: the domain's own words (RFC 7208 §6.2). Printable ASCII, chosen by a stranger.</param>
/// <param name="Problem">For the errors and <see cref="SpfResult.None"/>: why, for logs and for people.</param>
public sealed record SpfOutcome(
    SpfResult Result, string Domain, string Sender, string? Mechanism = null, string? Explanation = null, string? Problem = null);
