namespace Mail.Protocol.Dmarc;

/// <summary>Compares identifiers with the author domain (RFC 9989 §4.10.2), walking the tree no more than needed.</summary>
internal sealed class DmarcAlignmentCheck(DmarcTree tree, string author)
{
    private string? _organization;

    /// <summary>What kept an aligned or perhaps aligned identifier from counting for now.</summary>
    public string? Problem { get; private set; }

    /// <summary>The first aligned domain that passed; null without one.</summary>
    public async Task<string?> FindAsync(IEnumerable<DmarcIdentifier> identifiers, DmarcAlignment mode)
    {
        var candidates = new List<DmarcIdentifier>();
        foreach (var identifier in identifiers)
        {
            if (identifier.Result != DmarcMechanismResult.Fail && DmarcEvaluator.Normalize(identifier.Domain) is { } domain)
                candidates.Add(identifier with { Domain = domain });
        }
        // The same domain is aligned in either mode, and costs nothing to see.
        foreach (var identifier in candidates.Distinct().OrderBy(c => c.Result).ThenByDescending(c => c.Domain == author))
        {
            if (!await IsAlignedAsync(identifier.Domain, mode))
                continue;
            if (identifier.Result == DmarcMechanismResult.Pass)
                return identifier.Domain;
            Problem ??= $"the check of {identifier.Domain} failed for now";
        }
        return null;
    }

    private async Task<bool> IsAlignedAsync(string domain, DmarcAlignment mode)
    {
        if (domain == author)
            return true;
        // Domains that share no label cannot share an organizational domain.
        if (mode == DmarcAlignment.Strict || LastLabel(domain) != LastLabel(author))
            return false;
        _organization ??= await OrganizationAsync(author);
        // An organizational domain lies at or above its domains: elsewhere, no walk can lead to it.
        if (_organization is null || (domain != _organization && !domain.EndsWith("." + _organization, StringComparison.Ordinal)))
            return false;
        return await OrganizationAsync(domain) == _organization;
    }

    private async Task<string?> OrganizationAsync(string domain)
    {
        var walk = await tree.WalkAsync(domain);
        Problem ??= walk.Problem;
        return walk.Problem is null ? walk.OrganizationalDomain() : null;
    }

    private static string LastLabel(string domain) => domain[(domain.LastIndexOf('.') + 1)..];
}
