namespace Mail.Core.ApiKeys;

/// <summary>What the text of a key turned out to be.</summary>
public abstract record KeyCheck
{
    private KeyCheck()
    {
    }

    /// <summary>May act for its organization.</summary>
    public sealed record Valid(Caller Caller) : KeyCheck;

    /// <summary>A good key, whose organization the operator has suspended: told only to who has the secret.</summary>
    public sealed record Suspended(Caller Caller) : KeyCheck;

    /// <summary>Malformed, unknown, expired, revoked, or the wrong secret. Nobody learns which.</summary>
    public sealed record Invalid : KeyCheck
    {
        public static readonly Invalid Instance = new();
    }
}
