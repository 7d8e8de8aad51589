using System.ComponentModel.DataAnnotations;
using System.Net;
using Mail.Core.Net;

namespace Mail.Core.Webhooks;

/// <summary>What endpoints may be made, and where they may be.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>Endpoints that an organization may have. Default 50.</summary>
    [Range(1, 10_000)]
    public int MaxEndpoints { get; set; } = 50;

    /// <summary>How long the secret before a rotation signs too. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan RotationOverlap { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Allows endpoints by <c>http</c>, unencrypted. Default false; true in Development.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Allows endpoints on the same machine. Default false; true in Development.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>Allows endpoints in private, loopback and other special address ranges. Default false.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Networks that are allowed though they are not public, such as <c>10.20.0.0/16</c>.</summary>
    public IList<string> AllowedNetworks { get; set; } = [];

    public AddressPolicy AddressPolicy() => new(AllowPrivateAddresses, AllowLoopback, [.. AllowedNetworks.Select(network => IPNetwork.Parse(network))]);

    internal bool HasGoodNetworks() => AllowedNetworks.All(network => IPNetwork.TryParse(network, out _));
}
