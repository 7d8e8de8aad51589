namespace Mail.Core.Domains;

/// <summary>What may be done with a sending domain; see docs/states.md.</summary>
public enum DomainStatus
{
    Pending,
    Verified,
    Failed,
    Disabled,
}

/// <summary>Why a domain is disabled.</summary>
public enum DisabledReason
{
    /// <summary>The operator switched it off.</summary>
    Operator,

    /// <summary>Another organization proved that it owns the name.</summary>
    Claimed,
}

public static class DomainStatusText
{
    public static string ToText(this DomainStatus status) => status switch
    {
        DomainStatus.Pending => "pending",
        DomainStatus.Verified => "verified",
        DomainStatus.Failed => "failed",
        DomainStatus.Disabled => "disabled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static DomainStatus Parse(string text) => text switch
    {
        "pending" => DomainStatus.Pending,
        "verified" => DomainStatus.Verified,
        "failed" => DomainStatus.Failed,
        "disabled" => DomainStatus.Disabled,
        _ => throw new FormatException($"'{text}' is no domain status."),
    };

    public static string ToText(this DisabledReason reason) => reason == DisabledReason.Claimed ? "claimed" : "operator";

    public static DisabledReason ParseReason(string? text) => text == "claimed" ? DisabledReason.Claimed : DisabledReason.Operator;
}
