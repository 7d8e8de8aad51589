using Mail.Core.Messages;
using Mail.Core.Ids;
using Npgsql;

namespace Mail.Core.Schedules;

/// <summary>The schedule that is committed with its message.</summary>
public sealed record ScheduleCompanion(ScheduledMessageId Id, DateTimeOffset SendAt, DeliveryPriority Priority, TimeSpan? ExpiresIn) : AcceptCompanion
{
    internal override NpgsqlBatchCommand Insert(IReadOnlyList<CompanionRow> rows) => ScheduleStatements.Schedule(rows);

    /// <summary>A message that asks for a later moment, with its schedule; one whose moment has come, without, unless a schedule was asked for.</summary>
    internal static OutgoingMessage Attach(OutgoingMessage message, TimeProvider clock)
    {
        if (message.SendAt is not { } sendAt)
            return message;
        if (sendAt <= clock.GetUtcNow() && message.Source != MessageSource.Scheduled)
            return message with { SendAt = null };
        var schedule = new ScheduleCompanion(PrefixedId.New<ScheduledMessageId>(clock), sendAt, message.Priority, message.ExpiresIn);
        return message with { Companions = [.. message.Companions, schedule] };
    }
}
