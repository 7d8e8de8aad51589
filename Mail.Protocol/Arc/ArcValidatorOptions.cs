namespace Mail.Protocol.Arc;

/// <summary>Bounds of an <see cref="ArcValidator"/>.</summary>
public sealed record ArcValidatorOptions
{
    /// <summary>Most octets of header that are read; default 1 MiB. A message with more fails.</summary>
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>Most header fields; default 2,000. A message with more fails.</summary>
    public int MaxHeaderFields { get; init; } = 2000;

    /// <summary>Most sets that are validated; default and maximum 50 (RFC 8617 §4.2.1). A longer chain fails.</summary>
    public int MaxSets { get; init; } = ArcChain.MaxSets;
}
