using System.ComponentModel.DataAnnotations;

namespace Mail.Api.Http.Json;

/// <summary>Section <c>Mail:Requests</c>: the memory for what is asked.</summary>
public sealed class RequestMemoryOptions
{
    public const string Section = "Requests";

    /// <summary>Bytes of large bodies (over 1 MB) that are in memory at one time in one process; more of them wait before they are read.
    /// What they hold in base64 is there a second time. At most a quarter of what the process may have. Default 200 MB.</summary>
    [Range(1_000_000, 100_000_000_000)]
    public long MaxBytesInMemory { get; set; } = 200_000_000;

    /// <summary>How long a large body waits for the memory before it is refused with 503. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(20);
}
