using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Mail.Protocol.MtaSts;

/// <summary>What a sender does when no MX passes: RFC 8461 §5.</summary>
public enum MtaStsMode
{
    /// <summary>There is no policy (any more).</summary>
    None,

    /// <summary>Deliver, and report.</summary>
    Testing,

    /// <summary>Do not deliver.</summary>
    Enforce,
}

/// <summary>What became of the text of a policy.</summary>
public abstract record MtaStsPolicyResult
{
    private MtaStsPolicyResult()
    {
    }

    /// <summary>It is one.</summary>
    public sealed record Valid(MtaStsPolicy Policy) : MtaStsPolicyResult;

    /// <summary>It is none (<c>sts-policy-invalid</c> of RFC 8460 §4.3.2.2).</summary>
    public sealed record Invalid(string Problem) : MtaStsPolicyResult;
}

/// <summary>A policy as fetched from <see cref="UriFor"/>: RFC 8461 §3.2.</summary>
/// <param name="Mode">What it asks for.</param>
/// <param name="Mx">Patterns in lower case: host names, or <c>*.</c> and a name.</param>
/// <param name="MaxAge">How long it may be cached.</param>
public sealed record MtaStsPolicy(MtaStsMode Mode, IReadOnlyList<string> Mx, TimeSpan MaxAge)
{
    /// <summary>Longest text taken: RFC 8461 §3.3.</summary>
    public const int MaxOctets = 64 * 1024;

    /// <summary>Most MX patterns taken.</summary>
    public const int MaxPatterns = 1000;

    private const int MaxAgeSeconds = 31_557_600; // RFC 8461 §3.2: a year

    /// <summary>Where the policy of a domain is: RFC 8461 §3.3. Redirects must not be followed.</summary>
    public static Uri UriFor(string domain) => new($"https://mta-sts.{domain}/.well-known/mta-sts.txt");

    /// <summary>Parses the text of a policy.</summary>
    public static MtaStsPolicyResult Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxOctets)
            return new MtaStsPolicyResult.Invalid("the policy is longer than 64 KiB");
        if (!Utf8.IsValid(text))
            return new MtaStsPolicyResult.Invalid("the policy is not UTF-8");
        var fields = new Dictionary<string, string>();
        var mx = new List<string>();
        // RFC 8461 §3.2: lines end with CRLF or LF.
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            var colon = line.IndexOf(':');
            if (colon <= 0)
                continue;
            var key = line[..colon].Trim();
            var value = line[(colon + 1)..].Trim();
            if (key == "mx")
                mx.Add(value.ToLowerInvariant());
            else
                fields.TryAdd(key, value); // RFC 8461 §3.2: of repeated fields the first counts
        }
        return Check(fields, mx);
    }

    /// <summary>Whether a mail host is one of the policy's: RFC 8461 §4.1.</summary>
    /// <param name="host">The MX host name in ASCII form, with or without final dot.</param>
    public bool Matches(string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        // The wildcard stands for exactly one label, the leftmost (RFC 6125 §6.4.3).
        var dot = name.IndexOf('.');
        var parent = dot > 0 ? name[dot..] : null;
        return name.Length > 0
            && Mx.Any(pattern => pattern == name || (pattern.StartsWith("*.", StringComparison.Ordinal) && pattern[1..] == parent));
    }

    /// <summary>The text to publish, with CRLF.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("version: STSv1\r\nmode: ").Append(Mode.ToString().ToLowerInvariant()).Append("\r\n");
        foreach (var pattern in Mx)
            text.Append("mx: ").Append(pattern).Append("\r\n");
        return text.Append("max_age: ").Append((long)MaxAge.TotalSeconds).Append("\r\n").ToString();
    }

    private static MtaStsPolicyResult Check(Dictionary<string, string> fields, List<string> mx)
    {
        if (fields.GetValueOrDefault("version") != "STSv1")
            return new MtaStsPolicyResult.Invalid("the version is not STSv1");
        MtaStsMode? mode = fields.GetValueOrDefault("mode") switch
        {
            "none" => MtaStsMode.None,
            "testing" => MtaStsMode.Testing,
            "enforce" => MtaStsMode.Enforce,
            _ => null,
        };
        if (mode is null)
            return new MtaStsPolicyResult.Invalid("the mode is not none, testing or enforce");
        // RFC 8461 §3.2: up to ten digits, at most a year.
        if (!long.TryParse(fields.GetValueOrDefault("max_age"), NumberStyles.None, CultureInfo.InvariantCulture, out var maxAge)
            || maxAge > MaxAgeSeconds)
            return new MtaStsPolicyResult.Invalid("max_age is missing or out of range");
        if (mx.Count == 0 && mode != MtaStsMode.None)
            return new MtaStsPolicyResult.Invalid("there is no mx");
        if (mx.Count > MaxPatterns || mx.Exists(pattern => !IsPattern(pattern)))
            return new MtaStsPolicyResult.Invalid("an mx is not a host name or a wildcard, or there are too many");
        return new MtaStsPolicyResult.Valid(new MtaStsPolicy(mode.Value, mx, TimeSpan.FromSeconds(maxAge)));
    }

    private static bool IsPattern(string pattern)
    {
        var name = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern;
        return name.Length is > 0 and <= 253 && name.Split('.').All(label => label.Length is > 0 and <= 63
            && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }
}
