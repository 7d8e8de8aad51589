using Mail.Core.Messages;

namespace Mail.Core.Assets;

/// <summary>What became of the attachments of a message.</summary>
public abstract record AttachmentsOutcome
{
    private AttachmentsOutcome()
    {
    }

    /// <summary>All bytes are durable and kept for as long as was asked, whatever happens to the assets they came from.</summary>
    public sealed record Stored(IReadOnlyList<StoredAttachment> Attachments) : AttachmentsOutcome;

    /// <summary>Those at these positions name no asset and no finished upload of the organization.</summary>
    public sealed record Unknown(IReadOnlyList<int> Positions) : AttachmentsOutcome;

    public sealed record TooLarge(long MaxBytes) : AttachmentsOutcome;
}
