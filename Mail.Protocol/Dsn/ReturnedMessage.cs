using Mail.Protocol.Mime;

namespace Mail.Protocol.Dsn;

/// <summary>Finds the header of the message that a report sends back (RFC 3462 §2, RFC 6533 §5).</summary>
internal static class ReturnedMessage
{
    private const int MaxHeaderBytes = 256 * 1024, MaxFields = 1000;

    public static MimeHeaders? HeadersIn(MimeEntity report)
    {
        if (MimeParts.Find(report, part => part.ContentType.MediaType is "message/rfc822" or "message/global") is { } message)
            return message.OpenMessage()?.Headers;
        return MimeParts.Find(report, part => part.ContentType.MediaType is "text/rfc822-headers" or "message/rfc822-headers" or "message/global-headers") is { } headers
            ? Parse(headers.ReadContent(MaxHeaderBytes))
            : null;
    }

    /// <summary>The fields at the start of the octets, after empty lines.</summary>
    public static MimeHeaders? Parse(ReadOnlyMemory<byte> octets)
    {
        var start = octets.Span.IndexOfAnyExcept("\r\n"u8);
        if (start < 0)
            return null;
        var block = octets[start..];
        var end = FirstOf(block.Span.IndexOf("\r\n\r\n"u8), block.Span.IndexOf("\n\n"u8));
        var headers = MimeHeaders.Parse(end < 0 ? block : block[..end], MaxFields, out _);
        return headers.Count > 0 ? headers : null;
    }

    private static int FirstOf(int a, int b) => a < 0 ? b : b < 0 ? a : Math.Min(a, b);
}
