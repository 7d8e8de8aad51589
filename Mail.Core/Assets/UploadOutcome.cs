namespace Mail.Core.Assets;

/// <summary>What became of an upload.</summary>
public abstract record UploadOutcome
{
    private UploadOutcome()
    {
    }

    /// <param name="Replayed">It was made by an earlier request with the same key, or of the same session.</param>
    public sealed record Stored(Asset Asset, bool Replayed) : UploadOutcome;

    public sealed record PartStored(int Number, WrittenBlob Part) : UploadOutcome;

    public sealed record TooLarge(long MaxBytes) : UploadOutcome;

    public sealed record ChecksumMismatch(byte[] Actual) : UploadOutcome;

    public sealed record SizeMismatch(long Announced, long Actual) : UploadOutcome;

    /// <summary>Parts must be numbered from 1 without gaps.</summary>
    public sealed record PartMissing(int Number) : UploadOutcome;

    /// <summary>The key was used for another upload.</summary>
    public sealed record IdempotencyConflict(string Key) : UploadOutcome;

    /// <summary>No such session, or it is over, canceled, completed, or of the other mode.</summary>
    public sealed record NotOpen : UploadOutcome;

    /// <summary>It took longer than uploads may.</summary>
    public sealed record TooSlow : UploadOutcome;
}
