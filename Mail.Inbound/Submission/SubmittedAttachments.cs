using System.Globalization;
using System.Text;
using Mail.Core.Messages;
using Mail.Protocol.Mime;

namespace Mail.Inbound.Submission;

/// <summary>The files of a submitted mail.</summary>
internal static class SubmittedAttachments
{
    private const int MaxFileName = 255;
    private const int MaxContentType = 255;
    private const int MaxContentId = 255;

    public static List<OutgoingAttachment> Read(MimeMessage mail)
    {
        var attachments = new List<OutgoingAttachment>(mail.Attachments.Count);
        foreach (var attachment in mail.Attachments)
        {
            attachments.Add(new OutgoingAttachment(
                FileNameOf(attachment, attachments.Count + 1), ContentTypeOf(attachment.ContentType), ContentIdOf(attachment, mail.Html),
                attachment.ReadContent()));
        }
        return attachments;
    }

    private static string FileNameOf(MimeAttachment attachment, int number)
    {
        // Two UTF-16 units at most for a character: none is cut in half.
        var runes = (attachment.FileName ?? "").EnumerateRunes().Where(rune => !Rune.IsControl(rune)).Take(MaxFileName / 2);
        var name = string.Concat(runes).Trim();
        if (name.Length > 0)
            return name;
        var extension = attachment.ContentType.MediaType switch
        {
            "message/rfc822" => ".eml",
            "text/calendar" => ".ics",
            "text/html" => ".html",
            "text/plain" => ".txt",
            "image/jpeg" => ".jpg",
            "image/png" => ".png",
            "image/gif" => ".gif",
            "application/pdf" => ".pdf",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"attachment-{number}{extension}");
    }

    // The name has its own field, a boundary means nothing any more.
    private static string ContentTypeOf(ContentType type)
    {
        if (type.IsMultipart)
            return ContentType.OctetStream.MediaType;
        var text = new StringBuilder(type.MediaType);
        foreach (var (name, value) in type.Parameters)
        {
            if (name is not ("name" or "boundary") && !value.AsSpan().ContainsAnyExceptInRange(' ', '~') && !value.AsSpan().ContainsAny('"', '\\'))
                text.Append(CultureInfo.InvariantCulture, $"; {name}=\"{value}\"");
        }
        return text.Length <= MaxContentType ? text.ToString() : type.MediaType.Length <= MaxContentType ? type.MediaType : ContentType.OctetStream.MediaType;
    }

    // Many programs give every attachment an id; shown in place is what the HTML asks for.
    private static string? ContentIdOf(MimeAttachment attachment, string? html) =>
        attachment.ContentId is { Length: <= MaxContentId } id && MessageIdSyntax.IsValidContentId(id)
        && html?.Contains("cid:" + id, StringComparison.OrdinalIgnoreCase) == true
            ? id
            : null;
}
