using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Templates.Engine;

/// <summary>How much a template may ask for. Whatever it says, rendering it ends within these.</summary>
public sealed class TemplateLimits
{
    public const string Section = "Templates";

    /// <summary>Bytes of one part (subject, html or text) of a template, as written.</summary>
    [Range(1_000, 20_000_000)]
    public int MaxSourceBytes { get; set; } = 1_000_000;

    /// <summary>How deep blocks and subexpressions may nest.</summary>
    [Range(1, 100)]
    public int MaxDepth { get; set; } = 32;

    /// <summary>Steps of one rendering: each tag that is reached is one, as is each iteration.</summary>
    [Range(100, 100_000_000)]
    public int MaxSteps { get; set; } = 1_000_000;

    /// <summary>Bytes that one part may render to.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxOutputBytes { get; set; } = 5_000_000;

    /// <summary>Bytes of the variables of one message.</summary>
    [Range(100, 20_000_000)]
    public int MaxModelBytes { get; set; } = 1_000_000;

    /// <summary>How deep the variables of one message may nest.</summary>
    [Range(1, 64)]
    public int MaxModelDepth { get; set; } = 32;

    /// <summary>How long the rendering of one part may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "00:01:00")]
    public TimeSpan MaxTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of compiled templates that one process keeps at hand.</summary>
    [Range(0, 10_000_000_000)]
    public long CacheBytes { get; set; } = 64_000_000;
}
