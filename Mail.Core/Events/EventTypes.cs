namespace Mail.Core.Events;

/// <summary>The names events are listed and delivered under.</summary>
public static class EventTypes
{
    public const string MessageScheduled = "mail.message.scheduled";
    public const string MessageQueued = "mail.message.queued";
    public const string MessageAccepted = "mail.message.mta_accepted";
    public const string MessageSending = "mail.message.sending";
    public const string MessageSent = "mail.message.sent";
    public const string MessageDeferred = "mail.message.deferred";
    public const string MessageFailed = "mail.message.failed";
    public const string MessageBounced = "mail.message.bounced";
    public const string MessageSuppressed = "mail.message.suppressed";
    public const string MessageCanceled = "mail.message.canceled";
    public const string MessageExpired = "mail.message.expired";
    public const string MessageComplained = "mail.message.complained";
    public const string MessageOpened = "mail.message.opened";
    public const string MessageClicked = "mail.message.clicked";
    public const string MessageUnsubscribed = "mail.message.unsubscribed";
    public const string DeliveryDelivered = "mail.delivery.delivered";
    public const string DeliveryDelayed = "mail.delivery.delayed";
    public const string SuppressionCreated = "mail.suppression.created";
    public const string SuppressionDeleted = "mail.suppression.deleted";
    public const string OtpCreated = "mail.otp.created";
    public const string OtpSent = "mail.otp.sent";
    public const string OtpVerified = "mail.otp.verified";
    public const string OtpFailedAttempt = "mail.otp.failed_attempt";
    public const string OtpFailed = "mail.otp.failed";
    public const string OtpExpired = "mail.otp.expired";
    public const string OtpCanceled = "mail.otp.canceled";
    public const string TemplateCreated = "mail.template.created";
    public const string TemplateUpdated = "mail.template.updated";
    public const string TemplateDeleted = "mail.template.deleted";
    public const string TemplateVersionCreated = "mail.template.version.created";
    public const string TemplateTestSent = "mail.template.test_sent";
    public const string DomainCreated = "mail.domain.created";
    public const string DomainVerified = "mail.domain.verified";
    public const string DomainFailed = "mail.domain.failed";
    public const string DomainDeleted = "mail.domain.deleted";
    public const string WebhookCreated = "mail.webhook.created";
    public const string WebhookUpdated = "mail.webhook.updated";
    public const string WebhookDisabled = "mail.webhook.disabled";
    public const string WebhookDeliverySucceeded = "mail.webhook.delivery.succeeded";
    public const string WebhookDeliveryFailed = "mail.webhook.delivery.failed";
    public const string InboundReceived = "mail.inbound.received";
    public const string InboundDomainVerified = "mail.inbound.domain.verified";
    public const string InboundDomainFailed = "mail.inbound.domain.failed";
    public const string ReputationChanged = "mail.reputation.changed";
    public const string SpendCapReached = "mail.usage.spend_cap_reached";

    /// <summary>All of them: what a webhook may subscribe to and a list may filter by.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        MessageScheduled, MessageQueued, MessageAccepted, MessageSending, MessageSent, MessageDeferred, MessageFailed, MessageBounced,
        MessageSuppressed, MessageCanceled, MessageExpired, MessageComplained, MessageOpened, MessageClicked,
        MessageUnsubscribed, DeliveryDelivered, DeliveryDelayed, SuppressionCreated, SuppressionDeleted, OtpCreated, OtpSent,
        OtpVerified, OtpFailedAttempt, OtpFailed, OtpExpired, OtpCanceled, TemplateCreated, TemplateUpdated, TemplateDeleted,
        TemplateVersionCreated, TemplateTestSent, DomainCreated, DomainVerified, DomainFailed, DomainDeleted, WebhookCreated,
        WebhookUpdated, WebhookDisabled, WebhookDeliverySucceeded, WebhookDeliveryFailed, InboundReceived,
        InboundDomainVerified, InboundDomainFailed, ReputationChanged, SpendCapReached,
    ];
}
