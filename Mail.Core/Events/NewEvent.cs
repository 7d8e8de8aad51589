using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Events;

/// <summary>Something that happened, to be appended in the transaction that makes it true.</summary>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="ResourceType">The noun the event is about: <c>message</c>, <c>domain</c>, <c>template</c>, …</param>
/// <param name="Message">The message it belongs to, when there is one.</param>
/// <param name="Data">A JSON object with what the event carries; null for nothing.</param>
/// <param name="At">When it happened; null for the time of the transaction.</param>
public sealed record NewEvent(
    OrganizationId Organization, string Type, string ResourceType, Guid ResourceId, MessageId? Message = null,
    string? Data = null, DateTimeOffset? At = null)
{
    public static NewEvent OfMessage(
        OrganizationId organization, string type, MessageId message, string? data = null, DateTimeOffset? at = null) =>
        new(organization, type, "message", message.Value, message, data, at);
}
