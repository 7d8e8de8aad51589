using System.Collections.Frozen;
using Mail.Core.Organizations;

namespace Mail.Core.ApiKeys;

/// <summary>Who asks: the organization a key belongs to, and what the key allows.</summary>
public sealed record Caller(
    OrganizationId Organization, ApiKeyId? ApiKey, SendingMode Mode, FrozenSet<string> Scopes, string? DomainRestriction)
{
    public bool Has(string scope) => Scopes.Contains(scope) || Scopes.Contains(ApiKeys.Scopes.FullAccess);
}
