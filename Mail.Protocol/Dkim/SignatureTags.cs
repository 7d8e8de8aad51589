using System.Globalization;
using System.Text;

namespace Mail.Protocol.Dkim;

/// <summary>A signature field that cannot be used, and as what that counts.</summary>
internal sealed record SignatureFault(DkimStatus Status, string Reason);

/// <summary>
/// The tags of a <c>DKIM-Signature</c> (RFC 6376 §3.5) or of an <c>ARC-Message-Signature</c> (RFC 8617 §4.1.2).
/// </summary>
internal sealed class SignatureTags
{
    private const int MaxSignedNames = 1000;

    public required string Domain { get; init; }

    public required string Selector { get; init; }

    public required DkimKeyType KeyType { get; init; }

    public required string Algorithm { get; init; }

    public required byte[] Signature { get; init; }

    public required byte[] BodyHash { get; init; }

    /// <summary>Names in lower case, in the order of <c>h=</c>.</summary>
    public required byte[][] SignedNames { get; init; }

    public required DkimCanonicalization Header { get; init; }

    public required DkimCanonicalization Body { get; init; }

    public string Identity { get; init; } = "";

    public long? BodyLength { get; init; }

    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>The tags, or the fault.</summary>
    public static (SignatureTags? Tags, SignatureFault? Fault) Read(TagList? list, bool isArc, DateTimeOffset now)
    {
        if (list is null)
            return Fault("malformed tag list");
        // RFC 8617 §4.1.2: the field of ARC has no v=, and i= is something else there.
        if (!isArc && list.Text("v") != "1")
            return Fault("unsupported version");

        var (d, s) = (list.Compact("d") ?? "", list.Compact("s") ?? "");
        if (AsciiName(d) is not { } domain || AsciiName(s) is not { } selector)
            return Fault("missing or malformed d= or s=");
        var (keyType, algorithmFault) = ReadAlgorithm(list);
        if (algorithmFault is not null)
            return (null, algorithmFault);
        if (list.Base64("b") is not { Length: > 0 } signature || list.Base64("bh") is not { Length: 32 } bodyHash)
            return Fault("missing or malformed b= or bh=");
        if (ReadNames(list, isArc) is not { } names)
            return Fault("missing or malformed h=");
        // RFC 6376 §5.4: From MUST be signed. Validators of ARC do not insist.
        if (!isArc && !names.Any(name => name.AsSpan().SequenceEqual("from"u8)))
            return Fault("From is not signed");
        if (ReadCanonicalization(list, isArc) is not var (header, body))
            return (null, new(DkimStatus.Neutral, "unknown canonicalization"));
        if (FaultOf(list, domain, isArc, now) is { } fault)
            return (null, fault);

        return (new SignatureTags
        {
            Domain = domain,
            Selector = selector,
            KeyType = keyType,
            Algorithm = list.Compact("a")!,
            Signature = signature,
            BodyHash = bodyHash,
            SignedNames = names,
            Header = header,
            Body = body,
            Identity = isArc ? "" : list.Compact("i") ?? "@" + domain,
            BodyLength = Number(list, "l"),
            SignedAt = Number(list, "t") is { } t ? Moment(t) : null,
        }, null);
    }

    /// <summary>RFC 8616 §5: U-labels become A-labels before the key is asked for.</summary>
    internal static string? AsciiName(string name)
    {
        if (!Ascii.IsValid(name))
        {
            try
            {
                name = new IdnMapping { AllowUnassigned = true }.GetAscii(name);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return DomainNames.IsValid(name) ? name.ToLowerInvariant() : null;
    }

    /// <summary>What the algorithm asks of the key.</summary>
    internal static (DkimKeyType, SignatureFault?) ReadAlgorithm(TagList list) => list.Compact("a") switch
    {
        "rsa-sha256" => (DkimKeyType.Rsa, null),
        "ed25519-sha256" when Ed25519.IsSupported => (DkimKeyType.Ed25519, null),
        // RFC 8301 §3.1: MUST NOT be used for verifying.
        "rsa-sha1" => (default, new(DkimStatus.Policy, "rsa-sha1 is not accepted")),
        null => (default, new(DkimStatus.Permerror, "missing a=")),
        _ => (default, new(DkimStatus.Neutral, "unknown algorithm")),
    };

    private static (SignatureTags?, SignatureFault) Fault(string reason) => (null, new(DkimStatus.Permerror, reason));

    private static byte[][]? ReadNames(TagList list, bool isArc)
    {
        var parts = list.Parts("h");
        return parts.Length is 0 or > MaxSignedNames || (!isArc && parts.Any(part => part.Length == 0))
            ? null
            : [.. parts.Select(part => Encoding.UTF8.GetBytes(part.ToLowerInvariant()))];
    }

    // RFC 6376 §3.5, tag c: simple/simple by default, and simple for the body when only one is named.
    // A message signature of ARC without c= is relaxed to those who make and check them.
    private static (DkimCanonicalization, DkimCanonicalization)? ReadCanonicalization(TagList list, bool isArc)
    {
        var words = (list.Compact("c") ?? (isArc ? "relaxed/relaxed" : "simple")).Split('/');
        return words.Length <= 2 && Canonicalization(words[0]) is { } header
            && Canonicalization(words.Length == 2 ? words[1] : "simple") is { } body ? (header, body) : null;
    }

    private static DkimCanonicalization? Canonicalization(string word) => word switch
    {
        "simple" => DkimCanonicalization.Simple,
        "relaxed" => DkimCanonicalization.Relaxed,
        _ => null,
    };

    private static SignatureFault? FaultOf(TagList list, string domain, bool isArc, DateTimeOffset now)
    {
        foreach (var tag in (ReadOnlySpan<string>)["l", "t", "x"])
        {
            if (list.Has(tag) && Number(list, tag) is null)
                return new(DkimStatus.Permerror, $"malformed {tag}=");
        }

        // RFC 6376 §3.5: x= MUST be greater than t=.
        if (Number(list, "x") is { } expiry && expiry <= (Number(list, "t") ?? -1))
            return new(DkimStatus.Permerror, "x= is not after t=");
        if (Number(list, "x") is { } end && Moment(end) < now)
            return new(DkimStatus.Permerror, "signature expired");
        if (list.Has("q") && !list.Parts("q").Contains("dns/txt"))
            return new(DkimStatus.Neutral, "unknown query method");
        if (!isArc && list.Compact("i") is { } identity && !IsBelow(identity, domain))
            return new(DkimStatus.Permerror, "i= is outside of d=");
        return null;
    }

    private static bool IsBelow(string identity, string domain) =>
        identity.LastIndexOf('@') is >= 0 and var at
        && AsciiName(identity[(at + 1)..]) is { } name && DomainNames.IsSameOrBelow(name, domain);

    private static long? Number(TagList list, string tag) =>
        long.TryParse(list.Compact(tag), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset Moment(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
