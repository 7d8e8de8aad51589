using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Events;

namespace Mail.Api.Features.Messages;

/// <summary>Something that happened to a message.</summary>
/// <param name="Type">The type of the event, as webhooks carry it.</param>
/// <param name="Label">The same for people.</param>
public sealed record TimelineItem(
    string Type, string Label, DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Metadata)
{
    internal static TimelineItem Of(EventDetails happened) =>
        new(happened.Type, LabelOf(happened.Type), happened.CreatedAt, happened.Data);

    private static string LabelOf(string type) => type switch
    {
        EventTypes.MessageScheduled => "Scheduled",
        EventTypes.MessageQueued => "Queued",
        EventTypes.MessageAccepted => "Accepted for delivery",
        EventTypes.MessageSending => "Sending",
        EventTypes.MessageSent => "Sent",
        EventTypes.MessageDeferred => "Deferred",
        EventTypes.MessageFailed => "Failed",
        EventTypes.MessageCanceled => "Canceled",
        EventTypes.MessageSuppressed => "Suppressed",
        EventTypes.MessageExpired => "Expired",
        EventTypes.MessageComplained => "Marked as spam",
        EventTypes.MessageOpened => "Opened",
        EventTypes.MessageClicked => "Clicked",
        EventTypes.MessageUnsubscribed => "Unsubscribed",
        EventTypes.MessageBounced => "Bounced",
        EventTypes.DeliveryDelivered => "Delivered to the recipient's server",
        EventTypes.DeliveryDelayed => "Delivery delayed",
        _ => type,
    };
}
