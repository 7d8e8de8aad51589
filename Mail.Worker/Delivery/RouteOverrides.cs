using System.Collections.Frozen;
using System.Security.Cryptography;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.Worker.Shaping;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>The operator's routes, read every few seconds.</summary>
internal sealed partial class RouteOverrides(
    RouteStore store, IOptions<ShapingOptions> options, TimeProvider clock, ILogger<RouteOverrides> logger) : BackgroundService
{
    private FrozenDictionary<(OrganizationId?, string?), RouteOverride> _routes =
        FrozenDictionary<(OrganizationId?, string?), RouteOverride>.Empty;

    /// <summary>The most special one that fits: of organization and domain, of the domain, of the organization.</summary>
    public RouteOverride? Find(OrganizationId organization, string domain)
    {
        var routes = _routes;
        if (routes.Count == 0)
            return null;
        return routes.GetValueOrDefault((organization, domain)) ?? routes.GetValueOrDefault((null, domain))
            ?? routes.GetValueOrDefault((organization, null)) ?? routes.GetValueOrDefault((null, null));
    }

    /// <summary>The relay of the override as a route; null when it names none.</summary>
    public static DeliveryRoute.Servers? RelayOf(RouteOverride route)
    {
        if (route.Relay is not { } address || HostAndPort.TryParse(address) is not { } server)
            return null;
        var tls = Enum.TryParse<RelayTls>(route.RelayTls, ignoreCase: true, out var mode) ? mode : RelayTls.Opportunistic;
        SmtpCredentials? credentials = route is { RelayUser: { } user, RelayPassword: { } password }
            ? new SmtpCredentials.Password(user, password.Value)
            : null;
        // Two accounts at one relay have two queues: what it says to one says nothing about the other.
        return new DeliveryRoute.Servers($"relay {server}{(route.RelayUser is { } name ? $" as {name}" : "")}",
            [new Target(server.Host, server.EndPoint, 0)], new RelayOptions(tls, credentials));
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Nothing is claimed before the routes are known, or the first items would go elsewhere.
        await TryReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RouteInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryReadAsync(stoppingToken);
    }

    private async Task TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _routes = (await store.ListAsync(cancellationToken)).ToFrozenDictionary(route => (route.Organization, route.Domain));
        }
        catch (Exception error) when (error is NpgsqlException or CryptographicException)
        {
            Log.RoutesNotRead(logger, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Route overrides were not read, the last ones stay: {Reason}")]
        public static partial void RoutesNotRead(ILogger logger, string reason);
    }
}
