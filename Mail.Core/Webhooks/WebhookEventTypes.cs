using System.Collections.Frozen;
using Mail.Core.Events;

namespace Mail.Core.Webhooks;

/// <summary>
/// What an endpoint may ask for, in the names of its dialect. It keeps what it wants by the events' own names, so that
/// nothing translates while events are appended.
/// </summary>
public static class WebhookEventTypes
{
    /// <summary>Everything, except what happens to deliveries themselves: that is sent to who names it.</summary>
    public const string Any = "*";

    /// <summary>Sent on request to one endpoint; nobody subscribes to it.</summary>
    public const string Test = "mail.webhook.test";

    private const string AboutDeliveries = "mail.webhook.delivery.";

    private static readonly FrozenDictionary<string, string> _words = Enum.GetValues<AccountEventType>()
        .ToFrozenDictionary(NameOf, type => type.ToString());

    private static readonly FrozenSet<string> _mailNames = [.. EventTypes.All];

    // By their name, and by the word that stands for it where the types are one string: Bounce is email.bounced.
    private static readonly FrozenDictionary<string, string> _accountNames = Enum.GetValues<AccountEventType>()
        .SelectMany(type => new[] { KeyValuePair.Create(type.ToString(), NameOf(type)), KeyValuePair.Create(NameOf(type), NameOf(type)) })
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names an endpoint of the dialect may list.</summary>
    public static IReadOnlyList<string> NamesOf(WebhookDialect dialect) =>
        dialect == WebhookDialect.Mail ? EventTypes.All : EventProjection.AccountTypes;

    /// <summary>The name as it is kept, or null for what is none.</summary>
    public static string? Find(WebhookDialect dialect, string name) =>
        name == Any || (dialect == WebhookDialect.Mail && _mailNames.Contains(name))
            ? name
            : dialect == WebhookDialect.Account ? _accountNames.GetValueOrDefault(name) : null;

    /// <summary>How the Account surface writes a name where the types are one string.</summary>
    public static string WordOf(string name) => _words.GetValueOrDefault(name, name);

    /// <summary>The events behind names that <see cref="Find"/> has found.</summary>
    public static string[] WantedBy(WebhookDialect dialect, IReadOnlyCollection<string> names)
    {
        if (dialect == WebhookDialect.Mail)
            return names.Contains(Any) ? [Any, .. names.Where(IsAboutDelivery)] : [.. names];
        return [.. EventProjection.AccountTypes.Where(type => names.Contains(Any) || names.Contains(type)).SelectMany(EventProjection.TypesBehind)];
    }

    // A delivery of such an event causes no further one: they would never end.
    internal static bool IsAboutDelivery(string eventType) => eventType.StartsWith(AboutDeliveries, StringComparison.Ordinal);

    private static string NameOf(AccountEventType type) => EventProjection.AccountTypes.Single(name =>
        EventProjection.TypesBehind(name).SequenceEqual(EventProjection.TypesBehind(type)));
}
