using Mail.Core.ApiKeys;
using Mail.Core.Domains;

namespace Mail.Core.Messages;

/// <summary>A message that passed every check and waits for its transaction.</summary>
/// <param name="TraceParent">W3C <c>traceparent</c> of the request, so that the delivery continues its trace.</param>
internal sealed record PendingAccept(
    Caller Caller, MessageId Id, DomainId Domain, OutgoingMessage Message, IReadOnlyList<StoredAttachment> Attachments, string? TraceParent)
{
    /// <summary>Approximate size in the transaction.</summary>
    public long Bytes => 500L + (Message.Html?.Length ?? 0) + (Message.Text?.Length ?? 0);
}
