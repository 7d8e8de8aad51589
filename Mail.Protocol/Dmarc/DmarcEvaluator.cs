using Mail.Protocol.Dns;

namespace Mail.Protocol.Dmarc;

/// <summary>Judges a message by the policy of its author domain (RFC 9989 §5.3).</summary>
public static class DmarcEvaluator
{
    /// <summary>Signatures considered at most, as each may cost a walk up the tree.</summary>
    public const int MaximumSignatures = 20;

    /// <summary>Finds the policy and compares the identifiers with the author domain. Throws only when cancelled.</summary>
    public static async Task<DmarcOutcome> EvaluateAsync(DmarcInput input, IDnsResolver resolver, CancellationToken cancellationToken)
    {
        if (Normalize(input.AuthorDomain) is not { } author)
            return new DmarcOutcome { Result = DmarcResult.None, Problem = "no author domain" };
        var tree = new DmarcTree(resolver, cancellationToken);
        var (node, problem) = await FindPolicyAsync(tree, author);
        if (problem is not null)
            return new DmarcOutcome { Result = DmarcResult.Temperror, AuthorDomain = author, Problem = problem };
        if (node?.Record is not { } record)
            return new DmarcOutcome { Result = DmarcResult.None, AuthorDomain = author, Problem = $"no DMARC record for {author}" };
        if (!record.IsApplicable)
            return new DmarcOutcome { Result = DmarcResult.None, AuthorDomain = author, Problem = $"the record of {node.Domain} has no valid policy" };

        var alignment = new DmarcAlignmentCheck(tree, author);
        var spf = await alignment.FindAsync(input.Spf is null ? [] : [input.Spf], record.SpfAlignment);
        var dkim = await alignment.FindAsync(input.Dkim.Take(MaximumSignatures), record.DkimAlignment);
        var existence = await ExistenceAsync(record, node.Domain, author, resolver, cancellationToken);
        var published = record.PolicyFor(node.Domain != author, existence.Exists);
        var passes = spf is not null || dkim is not null;
        // RFC 9989 §5.3.6: with an incomplete check, only a pass is certain.
        problem = passes ? null : alignment.Problem ?? existence.Problem;
        return new DmarcOutcome
        {
            Result = passes ? DmarcResult.Pass : problem is null ? DmarcResult.Fail : DmarcResult.Temperror,
            AuthorDomain = author,
            PolicyDomain = node.Domain,
            Record = record,
            Policy = record.IsTesting ? Milder(published) : published,
            PublishedPolicy = published,
            IsSpfAligned = spf is not null,
            DkimAlignedDomain = dkim,
            Problem = problem,
        };
    }

    internal static string? Normalize(string domain) => MailDomain.ToName(domain)?.ToLowerInvariant();

    // RFC 9989 §4.10.1: the author domain's own record needs no walk.
    private static async Task<(DmarcNode? Node, string? Problem)> FindPolicyAsync(DmarcTree tree, string author)
    {
        var own = await tree.NodeAsync(author);
        if (own.Problem is not null || own.Record is not null)
            return (own, own.Problem);
        var walk = await tree.WalkAsync(author);
        return (walk.PolicyNode(), walk.Problem);
    }

    // RFC 9989 §3.2.13: a domain does not exist when its name is answered with NXDOMAIN. Asked only when it matters.
    private static async Task<(bool Exists, string? Problem)> ExistenceAsync(
        DmarcRecord record, string policyDomain, string author, IDnsResolver resolver, CancellationToken cancellationToken)
    {
        if (record.NonexistentPolicy is null || policyDomain == author)
            return (true, null);
        var answer = await resolver.ResolveAAsync(author, cancellationToken);
        if (answer.IsTemporary)
            return (true, $"DNS failed for {author}: {answer.Detail ?? answer.Status.ToString()}");
        // An alias to nowhere exists itself (RFC 6604 §3).
        var isAlias = !answer.CanonicalName.Equals(author, StringComparison.OrdinalIgnoreCase);
        return (answer.Status != DnsStatus.NxDomain || isAlias, null);
    }

    // RFC 9989 §4.7 (t)
    private static DmarcPolicy Milder(DmarcPolicy policy) => policy switch
    {
        DmarcPolicy.Reject => DmarcPolicy.Quarantine,
        DmarcPolicy.Quarantine or DmarcPolicy.None => DmarcPolicy.None,
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };
}
