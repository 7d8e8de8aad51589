using Mail.Protocol.Mime;

namespace Mail.Protocol.Dsn;

/// <summary>
/// Reads delivery status notifications: RFC 3464 in all its dialects, and the free texts of servers that write none.
/// </summary>
public static class DsnReader
{
    private const int MaxStatusBytes = 1024 * 1024;

    /// <summary>The report, or null when the message is none. Content alone proves nothing: anybody can write such a message.</summary>
    public static DsnReport? Read(MimeMessage message)
    {
        if (MimeParts.Find(message.Root, IsStatus) is { } status
            && DsnFields.Read(status.ReadContent(MaxStatusBytes)) is { Recipients.Count: > 0 } report)
            return report with { OriginalHeaders = ReturnedMessage.HeadersIn(message.Root) };

        return DsnText.Read(message);
    }

    // RFC 3464 §2, RFC 6533 §4
    private static bool IsStatus(MimeEntity part) =>
        part.ContentType.MediaType is "message/delivery-status" or "message/global-delivery-status";
}
