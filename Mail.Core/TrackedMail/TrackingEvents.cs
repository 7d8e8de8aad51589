using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Analytics;
using Mail.Core.Events;
using Mail.Core.Organizations;

namespace Mail.Core.TrackedMail;

internal readonly record struct EngagementKey(Guid Organization, Guid Message, short Recipient);

/// <param name="IsEarly">So soon after delivery that only a machine can have looked.</param>
internal sealed record TrackedRecipient(EngagementKey Key, string Address, string Domain, bool IsEarly, SendingMode Mode);

/// <summary>What was there before, and whether this was the first time by a person.</summary>
internal readonly record struct EngagementBefore(int Opens, int Clicks, bool FirstOpen, bool FirstClick);

/// <summary>What one recipient did in one batch.</summary>
internal sealed record Engagement(TrackedRecipient Recipient, IReadOnlyList<TrackingHit> Hits)
{
    public int Count(TrackingAction action) => Hits.Count(hit => hit.Action == action);

    public bool ByPerson(TrackingAction action) => Hits.Any(hit => hit.Action == action && !IsMachine(hit));

    public bool IsMachine(TrackingHit hit) => hit.Client == TrackingClient.Machine || Recipient.IsEarly;
}

/// <summary>The events and counts of opens and clicks.</summary>
internal static class TrackingEvents
{
    public static (List<NewEvent> Events, List<AnalyticsFact> Facts) Of(
        List<Engagement> groups, Dictionary<EngagementKey, EngagementBefore> before, int maxPerRecipient)
    {
        var events = new List<NewEvent>();
        var facts = new List<AnalyticsFact>();
        foreach (var group in groups)
        {
            var (opens, clicks, firstOpen, firstClick) = before[group.Recipient.Key];
            foreach (var hit in group.Hits)
            {
                // Who fetches a picture for ever fills no table.
                var count = hit.Action == TrackingAction.Open ? opens++ : clicks++;
                if (count >= maxPerRecipient)
                    continue;
                var (type, metric) = hit.Action == TrackingAction.Open ? (EventTypes.MessageOpened, Metric.Opened) : (EventTypes.MessageClicked, Metric.Clicked);
                events.Add(EventOf(type, hit, group.Recipient, group.IsMachine(hit)));
                facts.Add(FactOf(group, metric));
            }
            if (firstOpen)
                facts.Add(FactOf(group, Metric.UniqueOpened));
            if (firstClick)
                facts.Add(FactOf(group, Metric.UniqueClicked));
        }
        return (events, facts);
    }

    public static NewEvent EventOf(string type, TrackingHit hit, TrackedRecipient recipient, bool isMachine) => NewEvent.OfMessage(
        hit.Target.Organization, type, hit.Target.Message, JsonSerializer.Serialize(
            new TrackingEventData(recipient.Address, hit.Target.Url.Length > 0 ? hit.Target.Url : null, hit.UserAgent, hit.Ip,
                isMachine ? true : null, hit.Client == TrackingClient.ImageProxy ? true : null),
            TrackingJson.Default.TrackingEventData));

    private static AnalyticsFact FactOf(Engagement group, Metric metric) =>
        new AnalyticsFact(group.Hits[0].Target.Organization, group.Hits[0].Target.Message, group.Recipient.Domain, metric);
}

/// <param name="Bot">Set when it was a machine, by its name or because it was too quick for a person.</param>
/// <param name="Proxy">Set when a mailbox provider fetched it in the recipient's place.</param>
internal sealed record TrackingEventData(string Recipient, string? Url, string? UserAgent, string? Ip, bool? Bot, bool? Proxy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrackingEventData))]
internal sealed partial class TrackingJson : JsonSerializerContext;
