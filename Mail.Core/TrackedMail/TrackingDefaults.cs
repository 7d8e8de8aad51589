using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;

namespace Mail.Core.TrackedMail;

/// <summary>How mail of a domain is tracked where a message does not say, and under which host; remembered for a moment.</summary>
public sealed class TrackingDefaults(DomainStore domains, IOptions<TrackingOptions> options, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private const int Capacity = 100_000;

    private readonly ExpiringCache<(OrganizationId Organization, DomainId Domain), DomainTracking?> _domains = new(clock, Lifetime, Capacity);

    /// <summary>The message with what it asks for, or what its domain does. Secrets are never tracked.</summary>
    internal async ValueTask<OutgoingMessage> ApplyAsync(
        OrganizationId organization, DomainId domain, OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (message.Sensitive)
            return message with { Tracking = Tracking.None };
        if (message.Tracking is not null)
            return message;
        var tracking = await FindAsync(organization, domain, cancellationToken);
        return message with { Tracking = tracking is null ? Tracking.None : new Tracking(tracking.Opens, tracking.Clicks) };
    }

    /// <summary>Where the links of a domain's mail lead, such as <c>https://links.example.com</c>.</summary>
    public async ValueTask<string> OriginAsync(OrganizationId organization, DomainId domain, CancellationToken cancellationToken) =>
        await FindAsync(organization, domain, cancellationToken) is { Host: { } own }
            ? "https://" + own
            : options.Value.Origin ?? "https://" + host.Value.Name;

    private ValueTask<DomainTracking?> FindAsync(OrganizationId organization, DomainId domain, CancellationToken cancellationToken) =>
        _domains.GetAsync((organization, domain), (key, token) => domains.TrackingAsync(key.Organization, key.Domain, token), cancellationToken);
}
