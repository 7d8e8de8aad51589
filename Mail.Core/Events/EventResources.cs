using System.Collections.Frozen;
using Mail.Core.Ids;

namespace Mail.Core.Events;

/// <summary>The nouns that events are about, each with the prefix of its ids.</summary>
public static class EventResources
{
    public const string Message = "message";
    public const string Domain = "domain";
    public const string Suppression = "suppression";
    public const string Otp = "otp";
    public const string Template = "template";
    public const string Webhook = "webhook";
    public const string WebhookDelivery = "webhook_delivery";
    public const string InboundMessage = "inbound_message";
    public const string InboundDomain = "inbound_domain";
    public const string Organization = "organization";

    private static readonly FrozenDictionary<string, string> _prefixes = new Dictionary<string, string>
    {
        [Message] = "msg",
        [Domain] = "dom",
        [Suppression] = "sup",
        [Otp] = "otp",
        [Template] = "tpl",
        [Webhook] = "wh",
        [WebhookDelivery] = "whd",
        [InboundMessage] = "inm",
        [InboundDomain] = "ind",
        [Organization] = "org",
    }.ToFrozenDictionary();

    /// <summary>All of them, in alphabetical order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. _prefixes.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The id of the resource as its own routes write it.</summary>
    public static string IdOf(EventDetails happened) => PrefixedId.Format(PrefixOf(happened.ResourceType), happened.ResourceId);

    /// <summary>Reads the id of any resource that events are about; its prefix tells which noun it is.</summary>
    public static EventResource? ReadId(string text)
    {
        foreach (var (type, prefix) in _prefixes)
        {
            if (PrefixedId.TryParse(prefix, text, out var id))
                return new EventResource(type, id);
        }
        return null;
    }

    private static string PrefixOf(string resourceType) => _prefixes.GetValueOrDefault(resourceType, resourceType);
}

/// <summary>What an event is about.</summary>
public readonly record struct EventResource(string Type, Guid Id);
