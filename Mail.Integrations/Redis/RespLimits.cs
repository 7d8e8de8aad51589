namespace Mail.Integrations.Redis;

/// <summary>Bounds on what one answer may be. A peer that exceeds them is not our Redis, and the connection is given up.</summary>
internal sealed record RespLimits
{
    public static readonly RespLimits Default = new();

    /// <summary>A line: simple string, error, number or length.</summary>
    public int LineBytes { get; init; } = 64 * 1024;

    public int BulkBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>All bulk strings of one answer together.</summary>
    public long ReplyBytes { get; init; } = 128L * 1024 * 1024;

    public int Depth { get; init; } = 32;

    /// <summary>All elements of one answer together, nested ones included.</summary>
    public int Elements { get; init; } = 1_000_000;
}
