using System.Net;
using System.Net.Sockets;
using Mail.Core.Net;
using Mail.Core.Queue;
using Mail.Protocol.Bounces;
using Mail.Protocol.Dns;
using Mail.Worker.Shaping;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Finds the servers of a recipient domain by DNS. Domains of one provider, or with the same MX hosts, are one destination.</summary>
internal sealed class MxRouting(IDnsResolver resolver, ShapingRules rules, IOptions<DeliveryOptions> options)
{
    // A domain that lists dozens of dead hosts must not hold a worker for as many time-outs.
    private const int MaxTargets = 8;

    public async ValueTask<DeliveryRoute> FindAsync(string domain, CancellationToken cancellationToken) =>
        await MailRouteLookup.FindAsync(domain, resolver, cancellationToken) switch
        {
            MailRoute.Hosts hosts => ToServers(domain, hosts.List),
            MailRoute.NullMx => Bounce(
                DeliveryCause.NullMx, BounceEffect.Hard, "5.1.10", "the domain does not accept mail (null MX)", 556), // RFC 7505 §4.1
            MailRoute.NoSuchDomain none => Bounce(DeliveryCause.NoSuchDomain, BounceEffect.Hard, "5.1.2", none.Detail),
            MailRoute.NoUsableHost none => Bounce(DeliveryCause.NoHost, BounceEffect.Infrastructure, "5.4.4", none.Detail),
            MailRoute.TemporaryFailure failure => Nowhere(DeliveryOutcome.Deferred, DeliveryCause.Dns, "4.4.3", failure.Detail),
            var other => throw new InvalidOperationException($"No route: {other}."),
        };

    private DeliveryRoute ToServers(string domain, IReadOnlyList<MailHost> hosts)
    {
        var port = options.Value.MxPort;
        var targets = hosts
            .SelectMany(host => Reachable(host).Select(address => new Target(host.Name, new IPEndPoint(address, port), host.Preference)))
            .Take(MaxTargets)
            .ToList();
        var provider = rules.ProviderOf(domain, hosts[0].Name);
        return targets.Count > 0
            ? new DeliveryRoute.Servers(provider?.Name ?? NameOf(hosts), targets, Relay: null) { Provider = provider }
            : Nowhere(DeliveryOutcome.Failed, DeliveryCause.PrivateAddress, "5.4.4", "the domain's servers have no public address");
    }

    // One address of each family: the further ones of a host mostly share its fate.
    private IEnumerable<IPAddress> Reachable(MailHost host)
    {
        var allowed = options.Value.AllowPrivateAddresses ? host.Addresses : host.Addresses.Where(PublicAddresses.Contains);
        return allowed.GroupBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).Select(family => family.First());
    }

    private static string NameOf(IReadOnlyList<MailHost> hosts) =>
        hosts.Count == 1 ? hosts[0].Name : string.Join(' ', hosts.Select(host => host.Name).Order(StringComparer.Ordinal));

    private static DeliveryRoute.Nowhere Bounce(DeliveryCause cause, BounceEffect effect, string enhancedCode, string reply, int? code = null) =>
        new(new Verdict(DeliveryOutcome.Bounced, DeliveryStage.Route, cause, code, enhancedCode, reply) { Effect = effect });

    private static DeliveryRoute.Nowhere Nowhere(DeliveryOutcome outcome, DeliveryCause cause, string enhancedCode, string reply) =>
        new(new Verdict(outcome, DeliveryStage.Route, cause, null, enhancedCode, reply));
}
