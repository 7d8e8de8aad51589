namespace Mail.Core.Assets;

/// <summary>An upload that is announced, so that its bytes may come without an API key, in one piece or in parts.</summary>
/// <param name="Asset">What it became, when it is completed.</param>
/// <param name="TimeLeft">Until it is over, by database time.</param>
public sealed record UploadSession(
    UploadId Id, UploadMode Mode, UploadStatus Status, AssetDescription Description, long? FileSize, long MaxBytes, AssetId? Asset,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, TimeSpan TimeLeft)
{
    public bool IsOpen => Status == UploadStatus.Open && TimeLeft > TimeSpan.Zero;
}

/// <summary>A part that has been received, whole and verified.</summary>
public sealed record UploadPart(int Number, string BlobName, long Size, byte[] Sha256, DateTimeOffset ReceivedAt);

public enum UploadMode
{
    Single,
    Chunked,
}

public enum UploadStatus
{
    Open,
    Completed,
    Canceled,
}

public static class UploadTexts
{
    public static string ToText(this UploadMode mode) => mode switch
    {
        UploadMode.Single => "single",
        UploadMode.Chunked => "chunked",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    public static string ToText(this UploadStatus status) => status switch
    {
        UploadStatus.Open => "open",
        UploadStatus.Completed => "completed",
        UploadStatus.Canceled => "canceled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static UploadMode? TryParseMode(string text) => text switch
    {
        "single" => UploadMode.Single,
        "chunked" => UploadMode.Chunked,
        _ => null,
    };

    internal static UploadStatus ParseStatus(string text) => text switch
    {
        "open" => UploadStatus.Open,
        "completed" => UploadStatus.Completed,
        "canceled" => UploadStatus.Canceled,
        _ => throw new FormatException($"'{text}' is no upload status."),
    };
}
