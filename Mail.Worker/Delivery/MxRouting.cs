using System.Net;
using System.Net.Sockets;
using Mail.Core.Net;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Mail.Protocol.Bounces;
using Mail.Protocol.Dns;
using Mail.Worker.Shaping;
using Mail.Worker.Tls;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Finds the servers of a recipient domain by DNS. Domains of one provider, or with the same MX hosts, are one destination.</summary>
internal sealed class MxRouting(IDnsResolver resolver, TlsPolicies tls, ShapingRules rules, TlsSessions sessions, IOptions<DeliveryOptions> options)
{
    // A domain that lists dozens of dead hosts must not hold a worker for as many time-outs.
    private const int MaxTargets = 8;

    public async ValueTask<DeliveryRoute> FindAsync(DeliveryJob job, CancellationToken cancellationToken) =>
        await MailRouteLookup.FindAsync(job.Domain, resolver, cancellationToken) switch
        {
            MailRoute.Hosts hosts => ToServers(job.Domain, hosts.List, await PoliciesAsync(job, hosts, cancellationToken)),
            MailRoute.NullMx => Bounce(
                DeliveryCause.NullMx, BounceEffect.Hard, "5.1.10", "the domain does not accept mail (null MX)", 556), // RFC 7505 §4.1
            MailRoute.NoSuchDomain none => Bounce(DeliveryCause.NoSuchDomain, BounceEffect.Hard, "5.1.2", none.Detail),
            MailRoute.NoUsableHost none => Bounce(DeliveryCause.NoHost, BounceEffect.Infrastructure, "5.4.4", none.Detail),
            MailRoute.TemporaryFailure failure => Nowhere(DeliveryOutcome.Deferred, DeliveryCause.Dns, "4.4.3", failure.Detail),
            var other => throw new InvalidOperationException($"No route: {other}."),
        };

    // RFC 8689 §5: a sender to whom it matters more that the mail arrives.
    private async ValueTask<IReadOnlyList<HostTls>> PoliciesAsync(DeliveryJob job, MailRoute.Hosts route, CancellationToken cancellationToken) =>
        TlsRequiredField.SaysNo(job.Headers)
            ? [.. Enumerable.Repeat(HostTls.None, route.List.Count)]
            : await tls.FindAsync(job.Domain, route, cancellationToken);

    private DeliveryRoute ToServers(string domain, IReadOnlyList<MailHost> hosts, IReadOnlyList<HostTls> policies)
    {
        var port = options.Value.MxPort;
        var reachable = hosts.Zip(policies)
            .SelectMany(pair => Reachable(pair.First, hosts.Count == 1 ? 2 : 1).Select(address =>
                new Target(pair.First.Name, new IPEndPoint(address, port), pair.First.Preference) { Tls = pair.Second, Domain = domain }))
            .ToList();
        // RFC 8461 §5: a server that fails the policy is none; another one may pass, or the same one later.
        var targets = reachable.Where(target => target.Tls.Refusal is null).Take(MaxTargets).ToList();
        foreach (var refused in reachable.Where(target => target.Tls.Refusal is not null))
            sessions.Count(refused, refused.Tls.Problem);
        if (targets.Count == 0 && reachable.Count > 0)
            return Refused(reachable[0]);
        var provider = rules.ProviderOf(domain, hosts[0].Name);
        return targets.Count > 0
            ? new DeliveryRoute.Servers(provider?.Name ?? NameOf(hosts), targets, Relay: null) { Provider = provider }
            : Nowhere(DeliveryOutcome.Failed, DeliveryCause.PrivateAddress, "5.4.4", "the domain's servers have no public address");
    }

    // RFC 5321 §5.1: at least two addresses are tried, also when they are of one host. Further ones mostly share their fate.
    private IEnumerable<IPAddress> Reachable(MailHost host, int ofEachFamily)
    {
        var allowed = options.Value.AllowPrivateAddresses ? host.Addresses : host.Addresses.Where(PublicAddresses.Contains);
        return allowed.GroupBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).SelectMany(family => family.Take(ofEachFamily));
    }

    private static DeliveryRoute.Nowhere Refused(Target target) => Nowhere(DeliveryOutcome.Deferred,
        target.Tls.Kind == HostTlsKind.Dane ? DeliveryCause.DanePolicy : DeliveryCause.MtaStsPolicy, "4.7.5",
        $"nothing may be sent to {target.Host}: {target.Tls.Refusal}");

    private static string NameOf(IReadOnlyList<MailHost> hosts) =>
        hosts.Count == 1 ? hosts[0].Name : string.Join(' ', hosts.Select(host => host.Name).Order(StringComparer.Ordinal));

    private static DeliveryRoute.Nowhere Bounce(DeliveryCause cause, BounceEffect effect, string enhancedCode, string reply, int? code = null) =>
        new(new Verdict(DeliveryOutcome.Bounced, DeliveryStage.Route, cause, code, enhancedCode, reply) { Effect = effect });

    private static DeliveryRoute.Nowhere Nowhere(DeliveryOutcome outcome, DeliveryCause cause, string enhancedCode, string reply) =>
        new(new Verdict(outcome, DeliveryStage.Route, cause, null, enhancedCode, reply));
}
