using Mail.Api.Features.Messages;
using Mail.Core.Assets;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Schedules;

/// <summary>Keeps the attachments of a message that is put off.</summary>
internal sealed class ScheduledAttachments(MessageStore messages, AttachmentBlobs blobs, IOptions<SendOptions> options, TimeProvider clock)
{
    public async Task KeepUntilAsync(OrganizationId organization, MessageId id, DateTimeOffset sendAt, CancellationToken cancellationToken)
    {
        if (await messages.FindAsync(organization, id, withContent: false, cancellationToken) is not { Attachments.Count: > 0 } message)
            return;
        // As when it was accepted: until it is given up, and a day more.
        var keepFor = sendAt - clock.GetUtcNow() + options.Value.MaxExpiresIn + TimeSpan.FromDays(1);
        await blobs.KeepAsync(organization, message.Attachments, keepFor, cancellationToken);
    }
}
