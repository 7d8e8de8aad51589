using Mail.Core.Domains.Records;
using Mail.Core.Organizations;
using Mail.Core.Tls;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains;

/// <summary>
/// Adds a domain to an organization. When another organization owns the name, it moves if the proof is published.
/// </summary>
public sealed class CreateDomain(
    DomainStore domains, DomainChangeStore changes, DomainProof proof, DkimKeyMaker keys, IOptions<DomainOptions> options)
{
    public const string DefaultTracking = "track";

    /// <param name="name">As <see cref="SendingDomainName.Read"/> gives it.</param>
    /// <param name="trackingHost">The domain's own tracking host, or null.</param>
    public async Task<DomainChange> RunAsync(
        OrganizationId organization, string name, string mailFromSubdomain, string? trackingHost, TlsRequirement tls,
        CancellationToken cancellationToken)
    {
        if (await domains.FindByNameAsync(organization, name, cancellationToken) is not null)
            return new DomainChange.AlreadyThere();
        var isProven = false;
        if (await domains.FindOwnerAsync(name, cancellationToken) is { } owner)
        {
            if (owner.IsBlocked)
                return new DomainChange.Blocked();
            var finding = await proof.CheckAsync(organization, name, cancellationToken);
            if (finding.Status != RecordStatus.Verified)
                return new DomainChange.HeldByAnother(proof.RecordFor(organization, name), finding);
            isProven = true;
        }
        var domain = new NewDomain(organization, changes.NewId(), name, mailFromSubdomain, trackingHost, tls);
        using var key = await keys.MakeAsync(cancellationToken);
        return await changes.CreateAsync(domain, key, isProven, options.Value.MaxPerOrganization, cancellationToken) switch
        {
            StoredChange.Done => await ReadAsync(organization, domain.Id, cancellationToken),
            StoredChange.Exists => new DomainChange.AlreadyThere(),
            StoredChange.Blocked => new DomainChange.Blocked(),
            StoredChange.TooMany => new DomainChange.TooMany(options.Value.MaxPerOrganization),
            StoredChange.Held => new DomainChange.HeldByAnother(proof.RecordFor(organization, name), null),
            var other => throw new InvalidOperationException($"No outcome: {other}."),
        };
    }

    private async Task<DomainChange> ReadAsync(OrganizationId organization, DomainId id, CancellationToken cancellationToken) =>
        await domains.FindAsync(organization, id, cancellationToken) is { } domain ? new DomainChange.Done(domain) : new DomainChange.NotFound();
}

/// <summary>What became of a change of a domain.</summary>
public abstract record DomainChange
{
    private DomainChange()
    {
    }

    public sealed record Done(SendingDomain Domain) : DomainChange;

    public sealed record NotFound : DomainChange;

    /// <summary>The organization has the domain already.</summary>
    public sealed record AlreadyThere : DomainChange;

    /// <summary>Another organization owns the name.</summary>
    /// <param name="Proof">The record that moves it here.</param>
    /// <param name="Finding">What was seen at it; null when it was not looked for.</param>
    public sealed record HeldByAnother(ExpectedRecord Proof, RecordFinding? Finding) : DomainChange;

    /// <summary>The operator switched the domain off.</summary>
    public sealed record Blocked : DomainChange;

    public sealed record TooMany(int Max) : DomainChange;

    /// <summary>It cannot be done in the state the domain is in.</summary>
    public sealed record NotNow(string Why) : DomainChange;
}
