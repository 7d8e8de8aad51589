namespace Mail.Protocol.Mime;

/// <summary>Writes the Content-Type of an attachment from what the client said, if that is a media type (RFC 2045 §5.1).</summary>
internal static class ContentTypeHeader
{
    internal static bool IsMessage(string contentType) =>
        contentType.AsSpan().Trim().StartsWith("message/rfc822", StringComparison.OrdinalIgnoreCase);

    internal static void Write(MimeOutput output, MailAttachment attachment, bool allowMessage)
    {
        output.Write("Content-Type: "u8);
        var type = ContentType.TryParse(attachment.ContentType, out var parsed) && (allowMessage || IsOpaque(parsed)) ? parsed : ContentType.OctetStream;
        output.WriteUtf8(type.MediaType);
        var named = false;
        foreach (var (name, value) in type.Parameters)
        {
            if (!ParameterWriter.IsToken(name) || name.Contains('*') || name.Length > 40) continue;
            named |= name == "name";
            ParameterWriter.Write(output, name, value);
        }
        // Readers of before RFC 2183 look for the name here
        if (!named && attachment.FileName.Length > 0) ParameterWriter.Write(output, "name", attachment.FileName);
        output.EndLine();
    }

    /// <summary>multipart/* and message/* may not be base64 (RFC 2045 §6.4).</summary>
    private static bool IsOpaque(ContentType type) => !type.IsMultipart && type.Type != "message";
}
