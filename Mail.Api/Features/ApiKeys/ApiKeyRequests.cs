using Mail.Api.Http;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Api.Features.ApiKeys;

/// <summary>The body of <c>POST /v1/api-keys</c>.</summary>
[RequiredFields("name", "scopes")]
public sealed record CreateApiKeyRequest
{
    /// <summary>Unique among the keys of the organization that are not revoked.</summary>
    public string? Name { get; init; }

    /// <summary>What the key may do; none that the creating key lacks.</summary>
    public List<string?>? Scopes { get; init; }

    /// <summary>When the key stops working; never when absent.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary><c>live</c> (the default) or <c>test</c>: mail of test keys ends in the dev inbox.</summary>
    public string? Mode { get; init; }

    /// <summary>The only domain that the key may send from.</summary>
    public string? Domain { get; init; }
}

/// <param name="MaskedKey">The key without its secret, for showing.</param>
/// <param name="IsActive">False when revoked or expired.</param>
public sealed record ApiKeyResponse(
    string Id, string Name, string KeyPrefix, string MaskedKey, IReadOnlyList<string> Scopes, bool IsActive, string Mode,
    DateTimeOffset? ExpiresAt, string? Domain, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, DateTimeOffset CreatedAt)
{
    public static ApiKeyResponse Of(ApiKeyDetails key) => new(
        key.Id.ToString(), key.Name, key.Prefix, $"ms_{key.Mode.ToText()}_{key.Prefix}_••••", key.Scopes, key.IsActive, key.Mode.ToText(),
        key.ExpiresAt, key.Domain, key.LastUsedAt, key.RevokedAt, key.CreatedAt);
}

/// <param name="FullKey">Shown in this answer and never again.</param>
public sealed record CreatedApiKeyResponse(ApiKeyResponse Key, string FullKey);

public sealed record RevokedResponse(string Status);
