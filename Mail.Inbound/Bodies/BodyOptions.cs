using System.ComponentModel.DataAnnotations;

namespace Mail.Inbound.Bodies;

/// <summary>Where the octets of messages are while the listener works on them.</summary>
public sealed class BodyOptions
{
    public const string Section = "InboundBodies";

    /// <summary>Messages up to this size stay in memory, larger ones go to a file that has no name. Default 1 MB.</summary>
    [Range(65_536, 100_000_000)]
    public int MemoryBytes { get; set; } = 1_048_576;

    /// <summary>How much memory the messages of all sessions may take; beyond it even small ones go to files. Default 64 MB.</summary>
    [Range(1_048_576, 10_000_000_000)]
    public long TotalMemoryBytes { get; set; } = 67_108_864;

    /// <summary>The folder of those files; by default one in the system's folder for temporary files. It needs room for the large messages of all sessions.</summary>
    public string? Folder { get; set; }

    /// <summary>Large messages that are read and stored at the same moment; others wait for their turn. Default 4.</summary>
    [Range(1, 1_000)]
    public int LargeAtOnce { get; set; } = 4;
}
