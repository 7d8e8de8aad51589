using Mail.Core.Organizations;
using Mail.Core.Sandbox;
using Mail.Core.Tls;
using Mail.Protocol.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Core.Queue;

/// <summary>Finds out, without sending anything, which way mail for a recipient's domain would take and what it would wait for.</summary>
public sealed class ExplainRecipient(
    TlsPolicies policies, RouteStore routes, HoldStore holds, QueueOperationsStore operations, SandboxDomain sandbox,
    IOptions<DeliveryOptions> options, TimeProvider clock)
{
    /// <param name="tls">What the sender asks for.</param>
    public async Task<RecipientExplanation> RunAsync(
        OrganizationId? organization, string domain, SendingMode mode, TlsRequirement tls, CancellationToken cancellationToken)
    {
        var route = mode == SendingMode.Test || sandbox.Is(domain) ? null : MostSpecial(await routes.ListAsync(cancellationToken), organization, domain);
        var way = await WayAsync(route, domain, mode, tls, cancellationToken);
        var known = mode == SendingMode.Test ? null : await operations.DestinationOfAsync(domain, cancellationToken);
        var states = known is { } destination ? await operations.StatesAsync(destination.Destination, cancellationToken) : [];
        var inForce = (await holds.ListAsync(cancellationToken)).Where(hold => IsAbout(hold, organization, domain, known)).ToList();
        return new RecipientExplanation(
            domain, way.Route, way.Problem, way.IsPermanent, way.Hosts, way.Relay, way.Tls, route?.Pool ?? DeliverySource.DefaultPool, known,
            inForce, [.. states.Select(state => state.State)], FirstAttempt(way, inForce, states.ConvertAll(state => state.State)));
    }

    private async Task<Way> WayAsync(
        RouteOverride? route, string domain, SendingMode mode, TlsRequirement tls, CancellationToken cancellationToken)
    {
        var delivery = options.Value;
        if (sandbox.Is(domain))
            return new Way("sandbox", Relay: delivery.CaptureAddress, Tls: TextOf(RelayTls.Opportunistic));
        if (mode == SendingMode.Test || delivery.Mode == DeliveryMode.Capture)
            return new Way("capture", Relay: delivery.CaptureAddress, Tls: TextOf(RelayTls.Opportunistic));
        if (route?.Relay is { } relay)
            return new Way("relay", Relay: relay, Tls: RelayText(route.RelayTls ?? TextOf(RelayTls.Opportunistic), tls));
        if (delivery.Mode == DeliveryMode.Smarthost)
            return new Way("smarthost", Relay: delivery.Smarthost, Tls: RelayText(TextOf(delivery.SmarthostTls), tls));
        var (found, asked) = await policies.RouteAsync(domain, cancellationToken);
        return found switch
        {
            MailRoute.Hosts hosts => Hosts(hosts, asked, tls),
            MailRoute.NullMx => Nowhere("the domain does not accept mail (null MX)", isPermanent: true),
            MailRoute.NoSuchDomain none => Nowhere(none.Detail, isPermanent: true),
            MailRoute.NoUsableHost none => Nowhere(none.Detail, isPermanent: true),
            MailRoute.TemporaryFailure failure => Nowhere(failure.Detail, isPermanent: false),
            var other => throw new InvalidOperationException($"No route: {other}."),
        };
    }

    private static Way Hosts(MailRoute.Hosts route, IReadOnlyList<HostTls> policies, TlsRequirement tls)
    {
        List<ExplainedHost> hosts = [.. route.List.Zip(policies, (host, policy) => new ExplainedHost(host, policy.PolicyText(tls), policy.Refusal))];
        var refusal = hosts.TrueForAll(host => host.Refusal is not null) ? $"nothing may be sent to {hosts[0].Host.Name}: {hosts[0].Refusal}" : null;
        var first = hosts.Find(host => host.Refusal is null) ?? hosts[0];
        return new Way(route.IsImplicit ? "implicit_mx" : "mx", hosts, refusal, Tls: first.Tls);
    }

    private static string RelayText(string own, TlsRequirement tls) => tls switch
    {
        TlsRequirement.Required when own is "opportunistic" or "disabled" => tls.ToText(),
        TlsRequirement.RequireTls => tls.ToText(),
        _ => own,
    };

    // Null: an operator has to resume it first, or there is no way at all.
    private DateTimeOffset? FirstAttempt(Way way, List<DeliveryHold> inForce, List<DestinationState> states)
    {
        if (way is { Problem: not null, IsPermanent: true } || inForce.Exists(hold => hold is { IsSuspension: true, Until: null }))
            return null;
        var now = clock.GetUtcNow();
        // With several sources or workers the first that may is the one.
        var free = states.Count > 0 ? states.Min(state => state.Speed > 0 ? now : state.Until ?? now) : now;
        return inForce.Where(hold => hold.IsSuspension).Select(hold => hold.Until!.Value).Append(free).Append(now).Max();
    }

    private static RouteOverride? MostSpecial(List<RouteOverride> all, OrganizationId? organization, string domain) => all.Find(route =>
        (route.Organization is null || route.Organization == organization) && (route.Domain is null || route.Domain == domain));

    private static bool IsAbout(DeliveryHold hold, OrganizationId? organization, string domain, KnownDestination? known) => hold.Scope switch
    {
        HoldScope.Organization => hold.Name == organization?.ToString(),
        HoldScope.Domain => hold.Name == domain,
        HoldScope.Destination => hold.Name == known?.Destination,
        HoldScope.Source => false,
        _ => throw new ArgumentOutOfRangeException(nameof(hold)),
    };

    private static Way Nowhere(string problem, bool isPermanent) => new("none", Problem: problem, IsPermanent: isPermanent);

    private static string TextOf(RelayTls tls) => tls.ToString().ToLowerInvariant();

    private sealed record Way(
        string Route, IReadOnlyList<ExplainedHost>? Found = null, string? Problem = null, bool IsPermanent = false, string? Relay = null,
        string Tls = "opportunistic")
    {
        public IReadOnlyList<ExplainedHost> Hosts => Found ?? [];
    }
}
