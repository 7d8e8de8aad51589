using Mail.Core.Organizations;

namespace Mail.Core.ApiKeys;

/// <summary>A key as it can be shown to anyone in its organization.</summary>
/// <param name="IsActive">Neither revoked nor expired, by database time.</param>
public sealed record ApiKeyDetails(
    ApiKeyId Id, string Name, SendingMode Mode, string Prefix, IReadOnlyList<string> Scopes, string? Domain, bool IsActive,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

/// <summary>What a new key shall be.</summary>
public sealed record NewApiKey(
    string Name, SendingMode Mode, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt = null, string? Domain = null);

/// <summary>What came of making a key.</summary>
public abstract record CreateKeyOutcome
{
    private CreateKeyOutcome()
    {
    }

    /// <param name="Text">To be shown once.</param>
    public sealed record Created(ApiKeyDetails Key, ApiKeyText Text) : CreateKeyOutcome;

    public sealed record NameTaken : CreateKeyOutcome;

    /// <summary>The creator lacks these scopes itself.</summary>
    public sealed record ScopesBeyondCreator(IReadOnlyList<string> Scopes) : CreateKeyOutcome;

    /// <summary>A test key makes test keys only.</summary>
    public sealed record ModeBeyondCreator : CreateKeyOutcome;

    /// <summary>The creator may send from one domain only, and so may the keys it makes.</summary>
    public sealed record DomainBeyondCreator(string Allowed) : CreateKeyOutcome;

    /// <summary>By database time.</summary>
    public sealed record ExpiryPassed : CreateKeyOutcome;
}
