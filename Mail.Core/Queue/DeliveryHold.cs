namespace Mail.Core.Queue;

/// <summary>What a hold is on.</summary>
public enum HoldScope
{
    Organization,
    Destination,
    Domain,
    Source,
}

/// <summary>Something that is not delivered for a while, or slower than usual.</summary>
/// <param name="Name">The organization's id, or the name of destination, recipient domain or source.</param>
/// <param name="IsAutomatic">Found by a worker in what a destination said, or by reputation; else an operator's word.</param>
/// <param name="Until">Null: until an operator resumes it.</param>
public sealed record DeliveryHold(HoldScope Scope, string Name, bool IsAutomatic, string Reason, DateTimeOffset? Until)
{
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The part of the usual speed that is left; null: nothing is sent.</summary>
    public double? Factor { get; init; }

    public bool IsSuspension => Factor is null;
}

/// <summary>A hold to be placed.</summary>
/// <param name="For">Null: until an operator resumes it.</param>
/// <param name="Factor">The part of the usual speed that is left; null suspends.</param>
public readonly record struct NewHold(HoldScope Scope, string Name, bool IsAutomatic, string Reason, TimeSpan? For, double? Factor = null);

public static class HoldScopeText
{
    public static string ToText(this HoldScope scope) => scope switch
    {
        HoldScope.Organization => "organization",
        HoldScope.Destination => "destination",
        HoldScope.Domain => "domain",
        HoldScope.Source => "source",
        _ => throw new ArgumentOutOfRangeException(nameof(scope)),
    };

    /// <summary>Null when it is none.</summary>
    public static HoldScope? TryParse(string text) => text switch
    {
        "organization" => HoldScope.Organization,
        "destination" => HoldScope.Destination,
        "domain" => HoldScope.Domain,
        "source" => HoldScope.Source,
        _ => null,
    };
}
