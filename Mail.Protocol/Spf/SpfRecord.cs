using System.Net;

namespace Mail.Protocol.Spf;

/// <summary>A policy record (RFC 7208 §3), checked for syntax from end to end.</summary>
public sealed class SpfRecord
{
    /// <summary>What each policy record starts with.</summary>
    public const string Version = "v=spf1";

    internal SpfRecord(IReadOnlyList<SpfDirective> directives, SpfMacroString? redirect, SpfMacroString? explanation)
    {
        Directives = directives;
        Redirect = redirect;
        ExplanationDomain = explanation;
    }

    /// <summary>The directives as published, in order: <c>include:_spf.example.com</c>, <c>-all</c>, …</summary>
    public IReadOnlyList<string> Terms => [.. Directives.Select(d => d.Text)];

    internal IReadOnlyList<SpfDirective> Directives { get; }

    internal SpfMacroString? Redirect { get; }

    internal SpfMacroString? ExplanationDomain { get; }

    /// <summary>Whether a TXT record is meant as a policy: the version, then a space or the end (RFC 7208 §4.5).</summary>
    public static bool IsPolicy(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <summary>Reads a record. On failure the record is null and the problem says which term is wrong.</summary>
    public static SpfRecord? Parse(string text, out string? problem) => SpfRecordParser.Parse(text, out problem);
}

/// <summary>The mechanisms of RFC 7208 §5.</summary>
internal enum SpfMechanism
{
    All,
    Include,
    A,
    Mx,
    Ptr,
    Ip4,
    Ip6,
    Exists,
}

/// <summary>A mechanism with the result it stands for.</summary>
/// <param name="Text">As published.</param>
/// <param name="Result">What a match means.</param>
/// <param name="Mechanism">Which mechanism.</param>
/// <param name="Target">Domain-spec; null for the domain being checked.</param>
/// <param name="Network">Address of ip4 and ip6.</param>
/// <param name="Prefix4">Leading bits that have to agree for IPv4.</param>
/// <param name="Prefix6">Leading bits that have to agree for IPv6.</param>
internal sealed record SpfDirective(
    string Text, SpfResult Result, SpfMechanism Mechanism, SpfMacroString? Target, IPAddress? Network, int Prefix4, int Prefix6);
