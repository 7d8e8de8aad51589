using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Assets;

/// <summary>Files that are kept to be attached to mail or shown in it.</summary>
public sealed class AssetOptions
{
    public const string Section = "Assets";

    /// <summary>The largest asset. Default 200 MB.</summary>
    [Range(1, 50_000_000_000)]
    public long MaxBytes { get; set; } = 200_000_000;

    /// <summary>The largest part of a chunked upload. Default 64 MB.</summary>
    [Range(1, 4_000_000_000)]
    public long MaxPartBytes { get; set; } = 64_000_000;

    /// <summary>The most parts of a chunked upload. Default 1000.</summary>
    [Range(1, 10_000)]
    public int MaxParts { get; set; } = 1_000;

    /// <summary>The most bytes that one message has attached, before they are encoded. Default 29 MB: 40 MB in the mail.</summary>
    [Range(0, 1_000_000_000)]
    public long MaxAttachedBytes { get; set; } = 29_000_000;

    /// <summary>Media types that are taken, such as <c>application/pdf</c> or <c>image/*</c>; none: all but those in BlockedTypes.</summary>
    public IList<string> AllowedTypes { get; } = [];

    /// <summary>Media types that are refused, such as <c>application/x-msdownload</c>. Default none.</summary>
    public IList<string> BlockedTypes { get; } = [];

    /// <summary>How long an upload may take, from its first byte to its last, before its bytes are deleted under it. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "7.00:00:00")]
    public TimeSpan UploadTime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long an upload session or a signed address lasts at most. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaxLinkLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long an upload session or a signed address lasts when the request does not say. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00")]
    public TimeSpan DefaultLinkLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long bytes are kept that nobody needs any more. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long an idempotency key of an upload is remembered. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan IdempotencyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The origin that signed addresses begin with, such as <c>https://files.example.com</c>; none: that of the request.</summary>
    [RegularExpression("^https?://[^/]+$")]
    public string? PublicOrigin { get; set; }

    /// <summary>Whether a media type (without parameters) is taken.</summary>
    public bool Takes(string mediaType) =>
        !BlockedTypes.Any(pattern => Matches(pattern, mediaType)) && (AllowedTypes.Count == 0 || AllowedTypes.Any(pattern => Matches(pattern, mediaType)));

    private static bool Matches(string pattern, string mediaType) => pattern.EndsWith("/*", StringComparison.Ordinal)
        ? mediaType.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
        : mediaType.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
