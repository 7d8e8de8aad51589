using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Billing;

/// <summary>What accepted recipients cost, for organizations whose billing is switched on.</summary>
public sealed class BillingOptions
{
    public const string Section = "Billing";

    /// <summary>Recipients of a UTC month that cost nothing. Default 3000.</summary>
    [Range(0, 1_000_000_000)]
    public long FreePerMonth { get; set; } = 3000;

    /// <summary>Price of 1000 recipients beyond those, in cents. Default 40.</summary>
    [Range(0, 1_000_000)]
    public int PricePer1kCents { get; set; } = 40;
}
