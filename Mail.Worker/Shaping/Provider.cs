namespace Mail.Worker.Shaping;

/// <summary>What a destination takes at one time; null where it has no rule of its own.</summary>
/// <param name="Connections">Transactions at one time.</param>
/// <param name="OpensPerMinute">New connections.</param>
/// <param name="MessagesPerConnection">Before the connection is closed.</param>
/// <param name="MessagesPerSecond">Over all connections and replicas.</param>
internal sealed record Limits(int? Connections, double? OpensPerMinute, int? MessagesPerConnection, double? MessagesPerSecond)
{
    public static Limits None { get; } = new(null, null, null, null);
}

/// <summary>A mailbox provider whose domains and MX hosts are one destination.</summary>
internal sealed class Provider
{
    private readonly HashSet<string> _domains;
    private readonly string[] _suffixes;

    public Provider(string name, IEnumerable<string> patterns, Limits limits)
    {
        Name = name;
        Limits = limits;
        var all = patterns.Select(pattern => pattern.ToLowerInvariant()).ToList();
        _domains = [.. all.Where(pattern => pattern[0] != '*')];
        _suffixes = [.. all.Where(pattern => pattern[0] == '*').Select(pattern => pattern[1..])];
    }

    public string Name { get; }

    public Limits Limits { get; }

    public bool HasDomain(string domain) => _domains.Contains(domain);

    /// <summary>The host stands under one of the provider's names, or is one.</summary>
    public bool HasHost(string host) => Array.Exists(_suffixes, suffix =>
        host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
        || (host.Length == suffix.Length - 1 && suffix.EndsWith(host, StringComparison.OrdinalIgnoreCase)));
}
