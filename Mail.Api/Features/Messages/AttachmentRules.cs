using System.Globalization;
using FluentValidation.Results;
using Mail.Api.Http;
using Mail.Core.Assets;
using Mail.Core.Ids;
using Mail.Protocol.Mime;
using Microsoft.Net.Http.Headers;

namespace Mail.Api.Features.Messages;

internal static class AttachmentRules
{
    private const int MaxFilename = 255;
    private const int MaxContentType = 255;
    private const int MaxContentId = 255;

    public static void Check(MessageRequest request, SendOptions options, Action<ValidationFailure> fail)
    {
        if (request.Attachments is not { Count: > 0 } attachments)
            return;
        if (attachments.Count > options.MaxAttachments)
        {
            fail(Failures.Of("/attachments", FieldCodes.TooMany, $"A message has at most {options.MaxAttachments} attachments."));
            return;
        }
        for (var i = 0; i < attachments.Count; i++)
            CheckOne(attachments[i], string.Create(CultureInfo.InvariantCulture, $"/attachments/{i}"), fail);
    }

    /// <summary>About how many bytes the message has when it is encoded (RFC 2045 §6.8: 76 characters and CRLF for 57 bytes).</summary>
    public static long EncodedBytes(MessageRequest request)
    {
        var bytes = (long)(request.Html?.Length ?? 0) + (request.Text?.Length ?? 0);
        if (request.Attachments is { } attachments)
        {
            foreach (var attachment in attachments)
                bytes += (attachment?.Content?.Value.Length ?? 0) * 78L / 57;
        }
        return bytes;
    }

    private static void CheckOne(AttachmentRequest? attachment, string path, Action<ValidationFailure> fail)
    {
        if (attachment is null)
        {
            fail(Failures.Of(path, FieldCodes.InvalidType, "An attachment must be an object."));
            return;
        }
        CheckSource(attachment, path, fail);
        if (string.IsNullOrWhiteSpace(attachment.Filename))
            fail(Failures.Of(path + "/filename", FieldCodes.Required, "filename is required."));
        CheckLine(attachment.Filename, path + "/filename", MaxFilename, fail);
        CheckLine(attachment.ContentType, path + "/contentType", MaxContentType, fail);
        if (attachment.ContentType is { } type && !MediaTypeHeaderValue.TryParse(type, out _))
            fail(Failures.Of(path + "/contentType", FieldCodes.InvalidValue, "contentType must be a media type such as application/pdf."));
        if (attachment.ContentId is { } id && (id.Length > MaxContentId || !MessageIdSyntax.IsValidContentId(id)))
            fail(Failures.Of(path + "/contentId", FieldCodes.InvalidValue, "contentId has visible ASCII characters without specials."));
    }

    private static void CheckSource(AttachmentRequest attachment, string path, Action<ValidationFailure> fail)
    {
        var sources = (attachment.Content is null ? 0 : 1) + (attachment.AssetId is null ? 0 : 1) + (attachment.UploadId is null ? 0 : 1);
        if (sources == 0)
            fail(Failures.Of(path + "/content", FieldCodes.Required, "content is required: the bytes in base64; or assetId or uploadId instead."));
        else if (sources > 1)
            fail(Failures.Of(path, FieldCodes.InvalidValue, "An attachment has one of content, assetId and uploadId."));
        if (attachment.AssetId is { } asset && !PrefixedId.TryParse<AssetId>(asset, out _))
            fail(Failures.Of(path + "/assetId", FieldCodes.NotFound, "There is no such asset."));
        if (attachment.UploadId is { } upload && !PrefixedId.TryParse<UploadId>(upload, out _))
            fail(Failures.Of(path + "/uploadId", FieldCodes.NotFound, "There is no such finished upload."));
    }

    private static void CheckLine(string? text, string path, int maxLength, Action<ValidationFailure> fail)
    {
        if (text?.Length > maxLength)
            fail(Failures.Of(path, FieldCodes.TooLong, $"At most {maxLength} characters."));
        else if (LineText.HasControl(text))
            fail(Failures.Of(path, FieldCodes.InvalidCharacters, "Control characters and line breaks are not allowed."));
    }
}
