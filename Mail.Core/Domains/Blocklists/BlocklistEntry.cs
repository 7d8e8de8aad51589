namespace Mail.Core.Domains.Blocklists;

/// <summary>What one list says about one address or domain.</summary>
/// <param name="Subject">The address or domain.</param>
/// <param name="Codes">The answers of the list, whose meaning it defines itself.</param>
/// <param name="Reason">Its explanation, if it gives one.</param>
public sealed record BlocklistEntry(string Zone, string Subject, BlocklistStatus Status, IReadOnlyList<string> Codes, string? Reason);

public enum BlocklistStatus
{
    NotListed,
    Listed,

    /// <summary>The list did not answer, or refuses to answer our resolver.</summary>
    Unknown,
}
