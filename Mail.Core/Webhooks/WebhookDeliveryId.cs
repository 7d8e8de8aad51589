using Mail.Core.Ids;

namespace Mail.Core.Webhooks;

public readonly record struct WebhookDeliveryId(Guid Value) : IPrefixedId<WebhookDeliveryId>
{
    public static string Prefix => "whd";

    public static WebhookDeliveryId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
