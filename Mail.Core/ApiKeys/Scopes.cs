using System.Collections.Frozen;

namespace Mail.Core.ApiKeys;

public static class Scopes
{
    public const string EmailsSend = "emails:send";
    public const string EmailsRead = "emails:read";
    public const string DomainsRead = "domains:read";
    public const string DomainsWrite = "domains:write";
    public const string TemplatesRead = "templates:read";
    public const string TemplatesWrite = "templates:write";
    public const string SuppressionsRead = "suppressions:read";
    public const string SuppressionsWrite = "suppressions:write";
    public const string WebhooksRead = "webhooks:read";
    public const string WebhooksWrite = "webhooks:write";
    public const string InboundRead = "inbound:read";
    public const string InboundWrite = "inbound:write";
    public const string AnalyticsRead = "analytics:read";
    public const string BillingRead = "billing:read";
    public const string BillingWrite = "billing:write";
    public const string ApiKeysRead = "api_keys:read";
    public const string ApiKeysWrite = "api_keys:write";
    public const string FullAccess = "full_access";

    public static FrozenSet<string> All { get; } = FrozenSet.Create(
        EmailsSend, EmailsRead, DomainsRead, DomainsWrite, TemplatesRead, TemplatesWrite, SuppressionsRead, SuppressionsWrite,
        WebhooksRead, WebhooksWrite, InboundRead, InboundWrite, AnalyticsRead, BillingRead, BillingWrite, ApiKeysRead,
        ApiKeysWrite, FullAccess);
}
