using Mail.Core.Templates;

namespace Mail.Core.Messages;

/// <summary>What brought a message into the system.</summary>
public enum MessageSource
{
    Api,
    Batch,
    Scheduled,
    Otp,
    TemplateTest,
    Submission,
}

/// <summary>Who goes first when not everything can go at once. The numbers are the order of the queue.</summary>
public enum DeliveryPriority
{
    Urgent = 0,
    Normal = 1,
    Bulk = 2,
}

/// <summary>What to do when nobody can tell whether a message has arrived.</summary>
public enum DeliveryGuarantee
{
    /// <summary>Send again: it may arrive twice.</summary>
    AtLeastOnce,

    /// <summary>Leave it: it may not have arrived.</summary>
    AtMostOnce,
}

/// <summary>Which of the recipient's actions are recorded.</summary>
public sealed record Tracking(bool Opens, bool Clicks)
{
    public static readonly Tracking None = new(false, false);
}

/// <summary>The version of a template that a message was rendered from.</summary>
public sealed record TemplateReference(TemplateId Template, int Version);

internal static class MessageOptionTexts
{
    public static string ToText(this MessageSource source) => source switch
    {
        MessageSource.Api => "api",
        MessageSource.Batch => "batch",
        MessageSource.Scheduled => "scheduled",
        MessageSource.Otp => "otp",
        MessageSource.TemplateTest => "template_test",
        MessageSource.Submission => "submission",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    public static string ToText(this DeliveryGuarantee guarantee) => guarantee switch
    {
        DeliveryGuarantee.AtLeastOnce => "at_least_once",
        DeliveryGuarantee.AtMostOnce => "at_most_once",
        _ => throw new ArgumentOutOfRangeException(nameof(guarantee)),
    };

    public static DeliveryGuarantee ParseGuarantee(string text) => text switch
    {
        "at_least_once" => DeliveryGuarantee.AtLeastOnce,
        "at_most_once" => DeliveryGuarantee.AtMostOnce,
        _ => throw new FormatException($"'{text}' is no delivery guarantee."),
    };
}
