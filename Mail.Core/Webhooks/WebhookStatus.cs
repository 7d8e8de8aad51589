namespace Mail.Core.Webhooks;

public enum WebhookStatus
{
    Active,
    Disabled,
}

public enum WebhookDeliveryStatus
{
    /// <summary>Waiting for its first or next attempt.</summary>
    Pending,

    /// <summary>The receiver answered 2xx.</summary>
    Succeeded,

    /// <summary>Given up: the schedule is used up, or the endpoint is disabled or deleted.</summary>
    Failed,
}

/// <summary>Why an endpoint gets nothing any more.</summary>
public static class WebhookDisabledReasons
{
    /// <summary>Its owner switched it off.</summary>
    public const string Requested = "requested";

    /// <summary>The receiver answered 410.</summary>
    public const string Gone = "gone";

    /// <summary>Nothing was delivered for days.</summary>
    public const string Failing = "failing";
}

public static class WebhookStatusText
{
    public static string ToText(this WebhookStatus status) => status switch
    {
        WebhookStatus.Active => "active",
        WebhookStatus.Disabled => "disabled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string ToText(this WebhookDeliveryStatus status) => status switch
    {
        WebhookDeliveryStatus.Pending => "pending",
        WebhookDeliveryStatus.Succeeded => "succeeded",
        WebhookDeliveryStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static WebhookStatus ParseStatus(string text) => Parse<WebhookStatus>(text, ToText);

    public static WebhookDeliveryStatus ParseDeliveryStatus(string text) => Parse<WebhookDeliveryStatus>(text, ToText);

    public static bool TryParse(string? text, out WebhookStatus status) => TryParse(text, ToText, out status);

    public static bool TryParse(string? text, out WebhookDeliveryStatus status) => TryParse(text, ToText, out status);

    private static T Parse<T>(string text, Func<T, string> name) where T : struct, Enum =>
        TryParse(text, name, out var value) ? value : throw new ArgumentOutOfRangeException(nameof(text), text, null);

    private static bool TryParse<T>(string? text, Func<T, string> name, out T status) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (name(value) != text)
                continue;
            status = value;
            return true;
        }
        status = default;
        return false;
    }
}
