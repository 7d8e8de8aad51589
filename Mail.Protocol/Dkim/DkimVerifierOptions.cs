namespace Mail.Protocol.Dkim;

/// <summary>Bounds and policy of a <see cref="DkimVerifier"/>.</summary>
public sealed record DkimVerifierOptions
{
    /// <summary>Most octets of header that are read; default 1 MiB. A message with more gets one permerror.</summary>
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>Most header fields; default 2,000. A message with more gets one permerror.</summary>
    public int MaxHeaderFields { get; init; } = 2000;

    /// <summary>Most signatures that are verified, from the top; default 10. Those beyond get <see cref="DkimStatus.Policy"/>.</summary>
    public int MaxSignatures { get; init; } = 10;

    /// <summary>Most key records tried at one name; default 4 (RFC 6376 §3.6.2.2 leaves several undefined).</summary>
    public int MaxKeyRecords { get; init; } = 4;

    /// <summary>
    /// Whether a good signature that leaves octets of the body unsigned (<c>l=</c>) passes. Default true, as RFC 6376 says;
    /// <see cref="DkimResult.UnsignedBodyBytes"/> tells. False makes it <see cref="DkimStatus.Policy"/> (RFC 6376 §8.2).
    /// </summary>
    public bool AcceptPartlySignedBody { get; init; } = true;
}
