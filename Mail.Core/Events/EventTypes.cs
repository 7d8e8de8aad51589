namespace Mail.Core.Events;

/// <summary>The names events are listed and delivered under.</summary>
public static class EventTypes
{
    public const string MessageQueued = "mail.message.queued";
    public const string MessageAccepted = "mail.message.mta_accepted";
    public const string MessageSending = "mail.message.sending";
    public const string MessageSent = "mail.message.sent";
    public const string MessageDeferred = "mail.message.deferred";
    public const string MessageFailed = "mail.message.failed";
    public const string MessageBounced = "mail.message.bounced";
    public const string DeliveryDelivered = "mail.delivery.delivered";
    public const string DeliveryDelayed = "mail.delivery.delayed";
}
