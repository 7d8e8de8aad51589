using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Queue;

/// <summary>Where mail is delivered to.</summary>
public sealed class DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>Where live mail goes: <c>direct</c>, <c>smarthost</c> or <c>capture</c>. Mail of test keys is always captured. Default direct; capture in Development.</summary>
    [EnumDataType(typeof(DeliveryMode))]
    public DeliveryMode Mode { get; set; } = DeliveryMode.Direct;

    /// <summary>The relay of mode smarthost, <c>host:port</c>.</summary>
    public string? Smarthost { get; set; }

    /// <summary>User name at the relay; none: no AUTH.</summary>
    public string? SmarthostUser { get; set; }

    /// <summary>Password at the relay; sent over TLS only.</summary>
    public string? SmarthostPassword { get; set; }

    /// <summary>TLS towards the relay: <c>opportunistic</c>, <c>required</c>, <c>verified</c>, <c>implicit</c> or <c>disabled</c>. Default opportunistic.</summary>
    [EnumDataType(typeof(RelayTls))]
    public RelayTls SmarthostTls { get; set; } = RelayTls.Opportunistic;

    /// <summary>The listener of this installation that takes test mail and plays the sandbox, <c>host:port</c>; by default the endpoint <c>smtp</c> of the service <c>inbound</c>.</summary>
    public string? CaptureAddress { get; set; }

    /// <summary>The port of MX hosts in mode direct. Default 25.</summary>
    [Range(1, 65535)]
    public int MxPort { get; set; } = 25;

    /// <summary>Allows MX hosts in private, loopback and other special address ranges. Default false.</summary>
    public bool AllowPrivateAddresses { get; set; }
}
