namespace Mail.Protocol.Mime;

/// <summary>How much of a mail is read. What lies beyond is left out and reported as a <see cref="MimeDefect"/>.</summary>
public sealed record MimeLimits
{
    /// <summary>Octets of the whole mail; the rest is not looked at. 64 MiB by default.</summary>
    public long MaxBytes { get; init; } = 64L << 20;
    /// <summary>Multiparts and messages within each other; deeper ones stay opaque. 64 by default.</summary>
    public int MaxDepth { get; init; } = 64;
    /// <summary>Parts of the whole mail, multiparts included. 1,000 by default.</summary>
    public int MaxParts { get; init; } = 1000;
    /// <summary>Octets of one header block. 256 KiB by default.</summary>
    public int MaxHeaderBytes { get; init; } = 256 << 10;
    /// <summary>Fields of one header block. 1,000 by default.</summary>
    public int MaxHeaders { get; init; } = 1000;
    /// <summary>Octets of one decoded text body. 16 MiB by default.</summary>
    public int MaxTextBytes { get; init; } = 16 << 20;

    /// <summary>The defaults.</summary>
    public static MimeLimits Default { get; } = new();
}

/// <summary>What is wrong with a mail that was read all the same.</summary>
public enum MimeDefect
{
    /// <summary>The mail is longer than <see cref="MimeLimits.MaxBytes"/>.</summary>
    MessageTruncated,
    /// <summary>A header block is longer than a limit allows; later fields are missing.</summary>
    HeaderTruncated,
    /// <summary>A line in a header is no field: the body was taken to begin there.</summary>
    MissingHeaderEnd,
    /// <summary>The mail begins with the <c>From </c> line of an mbox, which was left out.</summary>
    MboxFromLine,
    /// <summary>A Content-Type that can't be read; taken as text/plain.</summary>
    InvalidContentType,
    /// <summary>A multipart without a boundary parameter, or one whose boundary never comes.</summary>
    MissingBoundary,
    /// <summary>A multipart that ends without its closing boundary.</summary>
    UnclosedMultipart,
    /// <summary>More levels than <see cref="MimeLimits.MaxDepth"/>.</summary>
    TooDeep,
    /// <summary>More parts than <see cref="MimeLimits.MaxParts"/>.</summary>
    TooManyParts,
    /// <summary>A transfer encoding that is not known; the octets are taken as they are.</summary>
    UnknownTransferEncoding,
    /// <summary>A charset that is not known; UTF-8 or windows-1252 was taken.</summary>
    UnknownCharset,
    /// <summary>A text body longer than <see cref="MimeLimits.MaxTextBytes"/> was cut.</summary>
    TextTruncated,
    /// <summary>A header has octets outside ASCII that are not UTF-8.</summary>
    EightBitHeader,
}
