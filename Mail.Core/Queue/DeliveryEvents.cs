using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Persistence;

namespace Mail.Core.Queue;

/// <summary>Which events an attempt for one recipient causes.</summary>
internal static class DeliveryEvents
{
    public static IEnumerable<NewEvent> Of(RecordStatements.Row row)
    {
        var (record, result) = row;
        if (record.AttemptNumber == 1)
            yield return EventOf(record, EventTypes.MessageSending, Data(result, withReply: false), record.StartedAt);
        foreach (var type in TypesOf(result))
            yield return EventOf(record, type, Data(result, withReply: true), record.EndedAt);
        if (record.IsDelayed && row.RetryIn is not null)
            yield return EventOf(record, EventTypes.DeliveryDelayed, Data(result, withReply: true), record.EndedAt);
    }

    private static NewEvent EventOf(DeliveryRecord record, string type, string data, DateTimeOffset at) =>
        NewEvent.OfMessage(record.Organization, type, record.Message, data, at);

    private static string[] TypesOf(RecipientResult result) => result.Outcome switch
    {
        DeliveryOutcome.Delivered => [EventTypes.MessageSent, EventTypes.DeliveryDelivered],
        DeliveryOutcome.Deferred => [EventTypes.MessageDeferred],
        DeliveryOutcome.Bounced => [EventTypes.MessageBounced],
        DeliveryOutcome.Failed => result.HasExpired ? [EventTypes.MessageFailed, EventTypes.MessageExpired] : [EventTypes.MessageFailed],
        DeliveryOutcome.Uncertain => [result.IsFinal ? EventTypes.MessageFailed : EventTypes.MessageDeferred],
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    private static string Data(RecipientResult result, bool withReply) => JsonSerializer.Serialize(
        withReply
            ? new EventData(result.Address, result.Stage, result.Cause, result.SmtpCode, result.EnhancedCode, result.Reply, result.MxHost)
            : new EventData(result.Address, null, null, null, null, null, null),
        StoredJson.Default.EventData);

    internal sealed record EventData(
        string Recipient, string? Stage, string? Cause, int? SmtpCode, string? EnhancedCode, string? Reply, string? MxHost);
}
