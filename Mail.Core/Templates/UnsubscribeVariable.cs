namespace Mail.Core.Templates;

/// <summary>
/// The variable for the address where a recipient unsubscribes. A message is rendered once for all recipients, so an address that is nobody's
/// stands in for it until the mail of each recipient is made.
/// </summary>
public static class UnsubscribeVariable
{
    public const string Name = "unsubscribeUrl";

    // RFC 6761 §6.4: no such host can ever be.
    public const string StandIn = "https://unsubscribe.invalid/";

    public static bool IsIn(string? text) => text is not null && text.Contains(StandIn, StringComparison.Ordinal);
}
