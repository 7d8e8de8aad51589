using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Pools;

/// <summary>How many connections a worker process makes, and how long it keeps them.</summary>
internal sealed class ConnectionOptions
{
    public const string Section = "Connections";

    /// <summary>Transactions at one time with one destination (the domains that share MX hosts). Default 20.</summary>
    [Range(1, 1000)]
    public int PerDestination { get; set; } = 20;

    /// <summary>Transactions at one time with a destination that has not answered yet; each that ends allows one more. Default 5.</summary>
    [Range(1, 1000)]
    public int FirstPerDestination { get; set; } = 5;

    /// <summary>Transactions at one time with the smarthost or the capturing listener. Default 40.</summary>
    [Range(1, 1000)]
    public int PerRelay { get; set; } = 40;

    /// <summary>Items that may wait in memory for one destination; more are put back into the queue. Default 100.</summary>
    [Range(1, 100_000)]
    public int WaitingPerDestination { get; set; } = 100;

    /// <summary>Messages sent over one connection before it is closed. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int MessagesPerConnection { get; set; } = 100;

    /// <summary>The same for the smarthost or the capturing listener. Default 1000.</summary>
    [Range(1, 1_000_000)]
    public int MessagesPerRelayConnection { get; set; } = 1000;

    /// <summary>How long a connection is kept without work. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a TCP connection may take to stand. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
