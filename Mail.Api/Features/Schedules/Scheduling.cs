using System.Diagnostics;
using Mail.Api.Features.Messages;
using Mail.Api.Features.Templates;
using Mail.Api.Http;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Schedules;

namespace Mail.Api.Features.Schedules;

/// <summary>From a schedule request to a message that waits.</summary>
internal sealed class Scheduling(
    AcceptMessages messages, ScheduleStore store, ScheduledAttachments attachments, MessagePartReader<SendMessageRequest> reader,
    MessagePartReader<SendTemplateRequest> templateReader)
{
    private const string Operation = "mail.scheduled";

    public async Task<(ScheduledMessage? Found, Problem? Problem)> CreateAsync(
        ScheduleRequest request, HttpContext context, CancellationToken cancellationToken)
    {
        var part = request.Message is { } message ? reader.Read(message, Operation) : templateReader.Read(request.Template!.Value, Operation);
        if (part.Problem is { } problem)
            return (null, problem.Below(request.Message is null ? "/template" : "/message"));
        var caller = context.Caller();
        switch (await messages.AcceptAsync(caller, part.Message! with { SendAt = request.SendAt, Source = MessageSource.Scheduled }, cancellationToken))
        {
            case AcceptOutcome.Accepted(var id, _):
                return await FindAsync(id);
            case AcceptOutcome.Replayed(var id, _):
                context.Response.Headers[IdempotencyKeys.ReplayedHeader] = "true";
                return await FindAsync(id);
            case AcceptOutcome.Refusal refusal:
                return (null, SendRefusals.Of(refusal));
            default:
                throw new UnreachableException();
        }

        async Task<(ScheduledMessage?, Problem?)> FindAsync(MessageId id) => (await store.OfMessageAsync(caller.Organization, id, cancellationToken), null);
    }

    /// <summary>Moves a message that is still waiting; its attachments are kept as long as that takes.</summary>
    public async Task<RescheduleOutcome> MoveAsync(
        OrganizationId organization, ScheduledMessage message, DateTimeOffset sendAt, CancellationToken cancellationToken)
    {
        await attachments.KeepUntilAsync(organization, message.Message, sendAt, cancellationToken);
        return await store.RescheduleAsync(organization, message.Id, sendAt, cancellationToken);
    }
}
