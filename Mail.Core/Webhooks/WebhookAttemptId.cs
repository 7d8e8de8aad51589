using Mail.Core.Ids;

namespace Mail.Core.Webhooks;

public readonly record struct WebhookAttemptId(Guid Value) : IPrefixedId<WebhookAttemptId>
{
    public static string Prefix => "wha";

    public static WebhookAttemptId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
