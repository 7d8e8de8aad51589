namespace Mail.Core.Organizations;

/// <summary>The demo organization of a Development environment. Without keys nothing is seeded.</summary>
public sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>Live key of the demo organization, <c>ms_live_…</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Test key of the demo organization, <c>ms_test_…</c>.</summary>
    public string? TestApiKey { get; set; }
}
