using Mail.Protocol.Dns;

namespace Mail.Protocol.Dmarc;

/// <summary>The tree walks of one message (RFC 9989 §4.10). Each name is asked for once.</summary>
internal sealed class DmarcTree(IDnsResolver resolver, CancellationToken cancellationToken)
{
    // RFC 9989 §4.10: eight queries at most; a longer name is cut to seven labels after the first.
    private const int MaxQueries = 8;

    private readonly Dictionary<string, DmarcNode> _nodes = [];

    /// <summary>The record at a domain itself. Several records count as none (RFC 9989 §4.10, step 2).</summary>
    public async Task<DmarcNode> NodeAsync(string domain)
    {
        if (_nodes.TryGetValue(domain, out var known))
            return known;
        var texts = await resolver.ResolveTxtAsync("_dmarc." + domain, cancellationToken);
        var records = texts.Records.Select(DmarcRecord.Parse).OfType<DmarcRecord>().ToList();
        var problem = texts.IsTemporary ? $"DNS failed for _dmarc.{domain}: {texts.Detail ?? texts.Status.ToString()}" : null;
        return _nodes[domain] = new DmarcNode(domain, records.Count == 1 ? records[0] : null, problem);
    }

    /// <summary>Walks from a domain to the root, or to a record that ends the walk.</summary>
    public async Task<DmarcWalk> WalkAsync(string domain)
    {
        var found = new List<DmarcNode>();
        foreach (var target in Targets(domain))
        {
            var node = await NodeAsync(target);
            if (node.Problem is not null)
                return new DmarcWalk(domain, found, node.Problem);
            if (node.Record is null)
                continue;
            found.Add(node);
            if (node.Record.PublicSuffix != DmarcPublicSuffix.Unknown)
                break;
        }
        return new DmarcWalk(domain, found, null);
    }

    private static IEnumerable<string> Targets(string domain)
    {
        yield return domain;
        var labels = domain.Split('.');
        for (var left = Math.Min(labels.Length, MaxQueries) - 1; left > 0; left--)
            yield return string.Join('.', labels[^left..]);
    }
}

/// <summary>A name in the tree with its record, or with what went wrong.</summary>
internal sealed record DmarcNode(string Domain, DmarcRecord? Record, string? Problem);

/// <summary>The records on the way up from a domain, longest name first.</summary>
internal sealed record DmarcWalk(string Start, IReadOnlyList<DmarcNode> Found, string? Problem)
{
    /// <summary>The organizational domain of the start (RFC 9989 §4.10.2).</summary>
    public string OrganizationalDomain()
    {
        foreach (var node in Found)
        {
            if (node.Record!.PublicSuffix == DmarcPublicSuffix.No)
                return node.Domain;
            if (node.Record.PublicSuffix == DmarcPublicSuffix.Yes && node.Domain != Start)
                return OneLabelBelow(node.Domain);
        }
        return Found.Count > 0 ? Found[^1].Domain : Start;
    }

    /// <summary>The record for the start (RFC 9989 §4.10.1): its own, its organizational domain's, or its public suffix's.</summary>
    public DmarcNode? PolicyNode()
    {
        var organization = OrganizationalDomain();
        return Found.FirstOrDefault(n => n.Domain == Start)
            ?? Found.FirstOrDefault(n => n.Domain == organization)
            ?? Found.FirstOrDefault(n => n.Record!.PublicSuffix == DmarcPublicSuffix.Yes);
    }

    private string OneLabelBelow(string suffix)
    {
        var dot = Start.LastIndexOf('.', Start.Length - suffix.Length - 2);
        return Start[(dot + 1)..];
    }
}
