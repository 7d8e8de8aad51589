using FluentValidation;
using Mail.Api.Features.Assets;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Assets;
using Mail.Core.Inbound;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Inbound;

/// <summary>The addresses that attachments of received mail can be read from without an API key, for a while and while the mail is there.</summary>
internal sealed class AttachmentAddresses(AttachmentLinks links, AssetAddresses assets, IOptions<AssetOptions> options, TimeProvider clock)
{
    public const string Path = AssetAddresses.Files + "received/";

    public SignedAttachmentResponse Sign(InboundMessage mail, InboundAttachment attachment, TimeSpan? lifetime, HttpContext context)
    {
        // Whole seconds: what is said is what the token holds.
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((clock.GetUtcNow() + (lifetime ?? options.Value.DefaultLinkLifetime)).ToUnixTimeSeconds());
        var token = links.Write(context.Caller().Organization, mail.Summary.Id, attachment.Number, expiresAt);
        return new SignedAttachmentResponse(assets.OriginOf(context) + Path + token, expiresAt);
    }

    public RedirectHttpResult Redirect(InboundMessage mail, InboundAttachment attachment, HttpContext context)
    {
        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Redirect(Sign(mail, attachment, null, context).Url);
    }

    public static async Task<Results<FileStreamHttpResult, Problem>> Read(
        string token, AttachmentLinks links, InboundMessageStore messages, InboundBlobs blobs, HttpContext context, CancellationToken cancellationToken)
    {
        if (links.Read(token) is not var (organization, message, number)
            || await messages.FindAsync(organization, message, cancellationToken) is not { } mail
            || mail.Content.Attachments.FirstOrDefault(found => found.Number == number) is not { } attachment)
            return Problem.NotFound("file");
        return ForeignFile.Of(await blobs.OpenAsync(attachment.Blob, cancellationToken), attachment.FileName ?? "attachment", context);
    }
}

/// <summary>The body of <c>POST …/attachments/{attachmentId}/signed-url</c>.</summary>
public sealed record SignAttachmentRequest : IMayBeAbsent
{
    /// <summary>How long the address works, such as <c>10m</c>; 15 minutes when absent.</summary>
    public Duration? ExpiresIn { get; init; }
}

/// <param name="Url">Anybody who has it can read the attachment until it expires.</param>
public sealed record SignedAttachmentResponse(string Url, DateTimeOffset ExpiresAt);

internal sealed class SignAttachmentValidator : AbstractValidator<SignAttachmentRequest>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public SignAttachmentValidator(IOptions<AssetOptions> options)
    {
        var longest = options.Value.MaxLinkLifetime;
        RuleFor(request => request.ExpiresIn).Must(time => time is not { } given || (given.Value >= Shortest && given.Value <= longest))
            .WithErrorCode(FieldCodes.OutOfRange).WithMessage($"A signed address lasts from 1s to {longest.TotalHours}h.");
    }
}
