using Mail.Core.Ids;

namespace Mail.Core.Webhooks;

public readonly record struct WebhookId(Guid Value) : IPrefixedId<WebhookId>
{
    public static string Prefix => "wh";

    public static WebhookId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
