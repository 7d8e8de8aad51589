namespace Mail.Protocol.Spf;

/// <summary>Bounds and surroundings of an SPF check. The defaults are those of RFC 7208 §4.6.4.</summary>
public sealed class SpfOptions
{
    /// <summary>Terms that ask DNS (include, a, mx, ptr, exists, redirect), over the whole check. Default: 10.</summary>
    public int MaximumLookups { get; init; } = 10;

    /// <summary>Questions without an answer. Default: 2.</summary>
    public int MaximumVoidLookups { get; init; } = 2;

    /// <summary>MX records of one mx mechanism; more are a permerror. Default: 10.</summary>
    public int MaximumMxHosts { get; init; } = 10;

    /// <summary>PTR records looked at; more are ignored. Default: 10.</summary>
    public int MaximumPtrNames { get; init; } = 10;

    /// <summary>Time for the whole check; then temperror. Default: 20 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Name of the receiving host, for <c>%{r}</c> in explanations. Default: <c>unknown</c> (RFC 7208 §7.3).</summary>
    public string ReceivingHost { get; init; } = "unknown";

    /// <summary>Clock of the time limit and of <c>%{t}</c>. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal static SpfOptions Default { get; } = new();
}
