using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Sandbox;

/// <summary>Addresses of our own whose mail ends as their local part says.</summary>
public sealed class SandboxOptions
{
    public const string Section = "Sandbox";

    /// <summary>The domain of the addresses; it needs no DNS. Empty, the default: there are none. In Development the AppHost sets <c>sandbox.test</c>.</summary>
    [RegularExpression("^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+)?$")]
    public string Domain { get; set; } = "";

    /// <summary>The longest that <c>slow+…</c> may take. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:04:00")]
    public TimeSpan MaxSlow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The most temporary failures that <c>defer+…</c> may ask for. Default 10.</summary>
    [Range(1, 50)]
    public int MaxDefers { get; set; } = 10;

    /// <summary>The longest that <c>dsn-later+…</c> may wait. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxLater { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Where Mail.Api answers for <c>open@</c> and <c>click@</c>; none: <c>Mail:Tracking:Origin</c>, else <c>https://</c> and the name of this host.</summary>
    [RegularExpression("^https?://[^/]+$")]
    public string? Origin { get; set; }

    /// <summary>How often workers look for reports and clicks whose time has come. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);
}
