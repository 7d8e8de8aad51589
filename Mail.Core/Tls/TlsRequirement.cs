namespace Mail.Core.Tls;

/// <summary>How much TLS a sender asks for; each asks for more than the one before.</summary>
public enum TlsRequirement
{
    /// <summary>Where the recipient's side offers it, or has a policy that asks for it.</summary>
    Opportunistic,

    /// <summary>Always, with any certificate: rather no mail than one in the clear.</summary>
    Required,

    /// <summary>All the way, by servers that are proven to be the recipient's (REQUIRETLS, RFC 8689).</summary>
    RequireTls,
}

public static class TlsRequirementText
{
    public static IReadOnlyList<string> OfMessages { get; } = ["opportunistic", "required", "requiretls"];

    public static IReadOnlyList<string> OfDomains { get; } = ["opportunistic", "required"];

    public static string ToText(this TlsRequirement requirement) => requirement switch
    {
        TlsRequirement.Opportunistic => "opportunistic",
        TlsRequirement.Required => "required",
        TlsRequirement.RequireTls => "requiretls",
        _ => throw new ArgumentOutOfRangeException(nameof(requirement)),
    };

    public static TlsRequirement Parse(string text) => text switch
    {
        "opportunistic" => TlsRequirement.Opportunistic,
        "required" => TlsRequirement.Required,
        "requiretls" => TlsRequirement.RequireTls,
        _ => throw new FormatException($"'{text}' is no TLS requirement."),
    };

    /// <summary>Who asks for more is heard.</summary>
    public static TlsRequirement And(this TlsRequirement one, TlsRequirement other) => one > other ? one : other;
}
