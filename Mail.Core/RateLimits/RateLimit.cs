namespace Mail.Core.RateLimits;

/// <summary>What a request counts as.</summary>
public enum RatePolicy
{
    /// <summary>Routes that send mail.</summary>
    Send,

    /// <summary>Routes that only read.</summary>
    Read,

    /// <summary>All others.</summary>
    Write,
}

public static class RatePolicyText
{
    public static string ToText(this RatePolicy policy) => policy switch
    {
        RatePolicy.Send => "send",
        RatePolicy.Read => "read",
        RatePolicy.Write => "write",
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };

    public static RatePolicy Parse(string text) => text switch
    {
        "send" => RatePolicy.Send,
        "read" => RatePolicy.Read,
        "write" => RatePolicy.Write,
        _ => throw new FormatException($"'{text}' is no rate policy."),
    };
}

/// <summary>A bucket: so many tokens, refilled evenly.</summary>
/// <param name="PerSecond">Tokens that come back each second.</param>
/// <param name="Burst">Tokens that a full bucket holds.</param>
internal readonly record struct RateLimit(double PerSecond, int Burst)
{
    public static RateLimit Of(int perSecond, TimeSpan burst) => new(perSecond, (int)Math.Max(1, perSecond * burst.TotalSeconds));
}

/// <summary>The two buckets that a request takes from.</summary>
internal sealed record RateLimitPair(RateLimit Organization, RateLimit Key);

/// <summary>Whether a request may go on, and what its caller is told.</summary>
/// <param name="Limit">Requests that a full bucket allows at once; that of the organization or of the key, whichever is closer to its end.</param>
/// <param name="Window">Time in which an empty bucket fills.</param>
/// <param name="Remaining">Requests that are left now.</param>
/// <param name="Reset">Time until the bucket is full again, if nothing is asked meanwhile.</param>
/// <param name="RetryAfter">For a refused request: when the next one can succeed.</param>
public readonly record struct RateDecision(
    bool Allowed, RatePolicy Policy, int Limit, TimeSpan Window, int Remaining, TimeSpan Reset, TimeSpan RetryAfter);

/// <summary>Tokens taken from the buckets, and how the tighter one stands afterwards.</summary>
/// <param name="Retry">Time until a token is there; zero when one is.</param>
internal readonly record struct RateGrant(int Tokens, RateLimit Limit, int Remaining, TimeSpan Reset, TimeSpan Retry);
