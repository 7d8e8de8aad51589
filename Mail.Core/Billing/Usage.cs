namespace Mail.Core.Billing;

/// <summary>What an organization used of a UTC month, and what that comes to.</summary>
/// <param name="Period">Such as <c>2026-06</c>.</param>
/// <param name="Accepted">Recipients accepted in it.</param>
public sealed record Usage(string Period, long Accepted, bool IsBilled, bool HasPaymentMethod, long? SpendCapCents);

internal static class Price
{
    public static long Billable(long accepted, BillingOptions options) => Math.Max(0, accepted - options.FreePerMonth);

    /// <summary>Whether so many recipients in a month cost more than the cap.</summary>
    public static bool IsBeyond(long accepted, long capCents, BillingOptions options) =>
        Billable(accepted, options) * options.PricePer1kCents > capCents * 1000;
}
