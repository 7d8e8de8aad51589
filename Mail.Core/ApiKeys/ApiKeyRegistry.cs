using Mail.Core.Organizations;

namespace Mail.Core.ApiKeys;

/// <summary>Makes and revokes keys. No key can be made that may do more than the one that asks for it.</summary>
public sealed class ApiKeyRegistry(ApiKeyStore store, KeyRevocations revocations)
{
    public async Task<CreateKeyOutcome> CreateAsync(Caller creator, NewApiKey wanted, CancellationToken cancellationToken)
    {
        var beyond = wanted.Scopes.Where(scope => !creator.Has(scope)).ToList();
        if (beyond.Count > 0)
            return new CreateKeyOutcome.ScopesBeyondCreator(beyond);
        if (creator.Mode == SendingMode.Test && wanted.Mode == SendingMode.Live)
            return new CreateKeyOutcome.ModeBeyondCreator();
        if (creator.DomainRestriction is { } allowed && wanted.Domain != allowed)
            return new CreateKeyOutcome.DomainBeyondCreator(allowed);
        return await CreateAsync(creator.Organization, wanted, cancellationToken);
    }

    /// <summary>For the operator, who may everything.</summary>
    public async Task<CreateKeyOutcome> CreateAsync(OrganizationId organization, NewApiKey wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var text = ApiKeyText.Generate(wanted.Mode);
            switch (await store.InsertAsync(organization, wanted, text, cancellationToken))
            {
                case InsertedKey.Stored stored:
                    return new CreateKeyOutcome.Created(stored.Key, text);
                case InsertedKey.ExpiryPassed:
                    return new CreateKeyOutcome.ExpiryPassed();
                case InsertedKey.NameTaken:
                    return new CreateKeyOutcome.NameTaken();
                case InsertedKey.PrefixTaken:
                    // One of 2.8 · 10¹² met another: another one is made.
                    break;
            }
        }
    }

    /// <summary>False when the organization has no such key. One that was revoked before stays so.</summary>
    public async Task<bool> RevokeAsync(OrganizationId organization, ApiKeyId key, CancellationToken cancellationToken)
    {
        if (await store.RevokeAsync(organization, key, cancellationToken) is not { } prefix)
            return false;
        await revocations.TellAsync(prefix, cancellationToken);
        return true;
    }
}
