using System.ComponentModel.DataAnnotations;

namespace Mail.ServiceDefaults.Health;

/// <summary>How a host stops: it first reports itself not ready, then lets running work end.</summary>
public sealed class ShutdownOptions
{
    public const string Section = "Mail:Shutdown";

    /// <summary>Longest time that work in progress may take to end after a stop was asked for. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between turning not ready and closing the listeners, so that load balancers look away first. Default 5 s; in Development 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(5);
}
