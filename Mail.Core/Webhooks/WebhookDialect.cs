namespace Mail.Core.Webhooks;

/// <summary>How the deliveries of an endpoint look: as the surface that made it.</summary>
public enum WebhookDialect
{
    Mail,
    Account,
}

public static class WebhookDialectText
{
    public static string ToText(this WebhookDialect dialect) => dialect switch
    {
        WebhookDialect.Mail => "mail",
        WebhookDialect.Account => "account",
        _ => throw new ArgumentOutOfRangeException(nameof(dialect)),
    };

    public static WebhookDialect Parse(string text) => text switch
    {
        "mail" => WebhookDialect.Mail,
        "account" => WebhookDialect.Account,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, null),
    };
}
