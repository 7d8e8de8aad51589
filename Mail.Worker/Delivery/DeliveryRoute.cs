using System.Net;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Mail.Protocol.Smtp;
using Mail.Worker.Shaping;

namespace Mail.Worker.Delivery;

/// <summary>Where an item goes.</summary>
internal abstract record DeliveryRoute
{
    private DeliveryRoute()
    {
    }

    public const string SandboxProvider = "sandbox";

    /// <summary>To the first of these servers that takes it.</summary>
    /// <param name="Destination">Names what shares queue, limits and connections.</param>
    public sealed record Servers(string Destination, IReadOnlyList<Target> Targets, RelayOptions? Relay) : DeliveryRoute
    {
        /// <summary>The address to leave from; null: the system's choice.</summary>
        public DeliverySource? Source { get; init; }

        /// <summary>Whose servers they are, where that is known.</summary>
        public Provider? Provider { get; init; }

        /// <summary>To the sandbox, which is no place of the world: no source, no warm-up, and nothing to be learned from what it says.</summary>
        public bool IsSandbox { get; init; }

        /// <summary>For records and metrics: one of the few known names.</summary>
        public string ProviderName => IsSandbox ? SandboxProvider : Relay is not null ? "relay" : Provider?.Name ?? "other";
    }

    /// <summary>Nowhere, and why.</summary>
    public sealed record Nowhere(Verdict Verdict) : DeliveryRoute;
}

/// <summary>One address of one server.</summary>
/// <param name="Host">The name for SNI and records.</param>
/// <param name="Preference">Targets of equal preference are as good as each other.</param>
internal sealed record Target(string Host, EndPoint EndPoint, int Preference)
{
    /// <summary>What the recipient's side asks of a connection with it.</summary>
    public HostTls Tls { get; init; } = HostTls.None;

    /// <summary>The recipients' domain that it is an MX host of; null for relays.</summary>
    public string? Domain { get; init; }
}

/// <summary>How a relay of the operator's choice is spoken to; MX hosts have none.</summary>
internal sealed record RelayOptions(RelayTls Tls, SmtpCredentials? Credentials)
{
    /// <summary>Our own listener: what goes there leaves the installation by no network of others, and needs no TLS for that.</summary>
    public static RelayOptions Plain { get; } = new(RelayTls.Opportunistic, null) { IsOwnListener = true };

    public bool IsOwnListener { get; private init; }
}
