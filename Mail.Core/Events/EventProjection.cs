using System.Collections.Frozen;
using System.Text.Json;

namespace Mail.Core.Events;

/// <summary>The one place that says how a stored event looks in each of the two dialects, listed or delivered.</summary>
public static class EventProjection
{
    private static readonly JsonElement _nothing = JsonElement.Parse("{}");

    // Types that are not here are not told on the Account surface. Where the Mail surface has two types for one
    // happening (deferred and delayed, failed and expired), one of them is.
    private static readonly FrozenDictionary<string, AccountName> _accountNames = new Dictionary<string, AccountName>
    {
        [EventTypes.MessageSent] = new(AccountEventType.Sent, "email.sent", "Sent"),
        [EventTypes.DeliveryDelivered] = new(AccountEventType.Delivered, "email.delivered", "Delivered"),
        [EventTypes.MessageBounced] = new(AccountEventType.Bounce, "email.bounced", "Bounced"),
        [EventTypes.MessageComplained] = new(AccountEventType.Complaint, "email.complained", "Complained"),
        [EventTypes.MessageOpened] = new(AccountEventType.Open, "email.opened", "Opened"),
        [EventTypes.MessageClicked] = new(AccountEventType.Click, "email.clicked", "Clicked"),
        [EventTypes.MessageFailed] = new(AccountEventType.Reject, "email.rejected", "Rejected"),
        [EventTypes.MessageSuppressed] = new(AccountEventType.Reject, "email.rejected", "Rejected"),
        [EventTypes.MessageDeferred] = new(AccountEventType.DeliveryDelay, "email.deferred", "Deferred"),
    }.ToFrozenDictionary();

    // From the fields of an event's data to the names that the Account surface has for them.
    private static readonly (string Field, string Name)[] _metadata =
    [
        ("recipient", "recipient"), ("reply", "smtpResponse"), ("enhancedCode", "enhancedCode"), ("bounceType", "bounceType"),
        ("reason", "reason"), ("userAgent", "userAgent"), ("ip", "ip"), ("url", "link"),
    ];

    /// <summary>The types that webhooks of the Account surface can ask for.</summary>
    public static IReadOnlyList<string> AccountTypes { get; } =
        [.. _accountNames.Values.Select(name => name.Text).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The types of the Mail surface that stand behind one of the Account surface; none for an unknown one.</summary>
    public static IReadOnlyList<string> TypesBehind(string accountType) =>
        [.. _accountNames.Where(entry => entry.Value.Text == accountType).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>The same by number: <c>Bounce</c> stands for <c>mail.message.bounced</c>.</summary>
    public static IReadOnlyList<string> TypesBehind(AccountEventType accountType) =>
        [.. _accountNames.Where(entry => entry.Value.Type == accountType).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>The event on the Mail surface.</summary>
    public static MailEvent Mail(EventDetails happened) => new(
        happened.Id.ToString(), happened.Type, happened.ResourceType, EventResources.IdOf(happened), happened.Message?.ToString(),
        happened.CreatedAt, happened.Data ?? _nothing);

    /// <summary>The event as the Account surface delivers it; null when that does not tell of it.</summary>
    public static AccountEvent? Account(EventDetails happened) =>
        happened.Message is { } message && _accountNames.GetValueOrDefault(happened.Type) is { } name
            ? new AccountEvent(happened.Id.ToString(), name.Text, happened.CreatedAt, new AccountEventData(
                message.ToString(), TextOf(happened, "recipient"), name.Status, IsTrouble(name.Type) ? TroubleOf(happened) : null))
            : null;

    /// <summary>The event as the Account surface lists it with its message; null when that does not tell of it.</summary>
    public static AccountMessageEvent? AccountListed(EventDetails happened) =>
        _accountNames.GetValueOrDefault(happened.Type) is { } name
            ? new AccountMessageEvent(happened.Id.ToString(), name.Type, happened.CreatedAt, MetadataOf(happened))
            : null;

    private static bool IsTrouble(AccountEventType type) =>
        type is AccountEventType.Bounce or AccountEventType.Reject or AccountEventType.DeliveryDelay or AccountEventType.Complaint;

    private static string? TroubleOf(EventDetails happened)
    {
        var reply = TextOf(happened, "reply") ?? TextOf(happened, "reason");
        string[] words = [.. new[] { TextOf(happened, "smtpCode"), TextOf(happened, "enhancedCode"), reply }.OfType<string>()];
        return words.Length == 0 ? null : string.Join(' ', words);
    }

    private static Dictionary<string, string>? MetadataOf(EventDetails happened)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var (field, name) in _metadata)
        {
            if (TextOf(happened, field) is { } value)
                metadata.Add(name, value);
        }
        return metadata.Count == 0 ? null : metadata;
    }

    private static string? TextOf(EventDetails happened, string field) =>
        happened.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(field, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    private sealed record AccountName(AccountEventType Type, string Text, string Status);
}
