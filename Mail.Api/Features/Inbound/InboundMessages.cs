using System.Buffers;
using System.Globalization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Inbound;

/// <summary>Received mail.</summary>
internal static class InboundMessages
{
    public static async Task<Results<Ok<ListEnvelope<InboundMessageSummary>>, Problem>> List(
        string? to, string? from, string? subject, string? domain, string? createdFrom, string? createdTo, string? cursor, string? limit,
        InboundMessageStore messages, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<InboundMessageId>(cursor, limit);
        var filter = new InboundFilter(
            fields.Email("to", to)?.Address, fields.Email("from", from)?.Address, fields.Text("subject", subject), fields.Text("domain", domain),
            fields.Instant("createdFrom", createdFrom), fields.Instant("createdTo", createdTo));
        if (fields.Problem is { } problem)
            return problem;
        var found = await messages.ListAsync(context.Caller().Organization, filter, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(found, page, InboundMessageSummary.Of, mail => mail.Id);
    }

    public static async Task<Results<Ok<Envelope<InboundMessageResponse>>, Problem>> Get(
        string id, InboundMessageStore messages, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, messages, context, cancellationToken) is { } mail ? Envelope.Ok(InboundMessageResponse.Of(mail)) : NotFound();

    public static async Task<Results<FileStreamHttpResult, Problem>> GetRaw(
        string id, InboundMessageStore messages, InboundBlobs blobs, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, messages, context, cancellationToken) is { } mail
            ? ForeignFile.Of(await OpenRawAsync(mail, blobs, cancellationToken), $"{mail.Summary.Id}.eml", context, "message/rfc822")
            : NotFound();

    public static async Task<Results<Ok<ListEnvelope<InboundAttachmentResponse>>, Problem>> ListAttachments(
        string id, InboundMessageStore messages, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, messages, context, cancellationToken) is { } mail
            ? Envelope.List<InboundAttachmentResponse>([.. mail.Content.Attachments.Select(InboundAttachmentResponse.Of)])
            : NotFound();

    /// <param name="redirect">True for a redirect to a signed address instead of the bytes.</param>
    public static async Task<Results<FileStreamHttpResult, RedirectHttpResult, Problem>> GetAttachment(
        string id, string attachmentId, string? redirect, InboundMessageStore messages, InboundBlobs blobs, AttachmentAddresses addresses,
        HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var isRedirected = fields.Flag("redirect", redirect) == true;
        if (fields.Problem is { } problem)
            return problem;
        if (await FindAsync(id, messages, context, cancellationToken) is not { } mail)
            return NotFound();
        if (Find(mail, attachmentId) is not { } attachment)
            return AttachmentNotFound();
        if (isRedirected)
            return addresses.Redirect(mail, attachment, context);
        return ForeignFile.Of(await blobs.OpenAsync(attachment.Blob, cancellationToken), attachment.FileName ?? "attachment", context);
    }

    public static async Task<Results<Ok<Envelope<SignedAttachmentResponse>>, Problem>> SignAttachment(
        string id, string attachmentId, Body<SignAttachmentRequest> body, InboundMessageStore messages, AttachmentAddresses addresses,
        HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, messages, context, cancellationToken) is not { } mail)
            return NotFound();
        return Find(mail, attachmentId) is { } attachment
            ? Envelope.Ok(addresses.Sign(mail, attachment, body.Value.ExpiresIn?.Value, context))
            : AttachmentNotFound();
    }

    public static async Task<Results<NoContent, Problem>> Delete(
        string id, InboundMessageStore messages, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<InboundMessageId>(id, out var mail)
        && await messages.DeleteAsync(context.Caller().Organization, mail, cancellationToken)
            ? TypedResults.NoContent()
            : NotFound();

    /// <summary>Reads the octets anew, as with a version of the service that reads more.</summary>
    public static async Task<Results<Ok<Envelope<InboundMessageResponse>>, Problem>> Reprocess(
        string id, InboundMessageStore messages, InboundBlobs blobs, ReceiveInbound receive, HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, messages, context, cancellationToken) is not { } mail)
            return NotFound();
        await using var raw = await OpenRawAsync(mail, blobs, cancellationToken);
        using var octets = new MemoryStream(mail.Summary.Size);
        await raw.CopyToAsync(octets, cancellationToken);
        var content = receive.Reread(mail, new ReadOnlySequence<byte>(octets.GetBuffer(), 0, (int)octets.Length));
        return await messages.ReplaceContentAsync(context.Caller().Organization, mail.Summary.Id, content, cancellationToken)
            ? Envelope.Ok(InboundMessageResponse.Of(mail with { Content = content }))
            : NotFound();
    }

    private static Task<InboundMessage?> FindAsync(string id, InboundMessageStore messages, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<InboundMessageId>(id, out var mail)
            ? messages.FindAsync(context.Caller().Organization, mail, cancellationToken)
            : Task.FromResult<InboundMessage?>(null);

    private static async Task<Stream> OpenRawAsync(InboundMessage mail, InboundBlobs blobs, CancellationToken cancellationToken) =>
        mail.Raw is { } raw ? new MemoryStream(raw, writable: false) : await blobs.OpenAsync(mail.RawBlob!, cancellationToken);

    private static InboundAttachment? Find(InboundMessage mail, string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? mail.Content.Attachments.FirstOrDefault(attachment => attachment.Number == number)
            : null;

    private static Problem AttachmentNotFound() => Problem.NotFound("attachment");

    private static Problem NotFound() => Problem.NotFound("inbound message");
}
