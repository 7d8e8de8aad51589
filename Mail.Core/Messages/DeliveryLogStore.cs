using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Queue;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Messages;

/// <summary>Reads what was said in the attempts to deliver a message.</summary>
public sealed class DeliveryLogStore(NpgsqlDataSource database, IOptions<ConversationOptions> options)
{
    /// <summary>The most attempts that are read back; retries of many recipients over days stay below.</summary>
    private const int MaxAttempts = 200;

    /// <summary>Oldest first; null when the organization has no such message.</summary>
    public async Task<IReadOnlyList<DeliveryLog>?> OfMessageAsync(
        OrganizationId organization, MessageId message, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            """
            select l.number, l.started_at, l.conversation, r.addresses
            from messages m
            left join lateral (
                select * from delivery_logs where organization_id = m.organization_id and message_id = m.id and started_at > now() - $4
                order by id limit $3
            ) l on true
            left join lateral (
                select array_agg(address order by ordinal) addresses from message_recipients
                where message_id = m.id and organization_id = m.organization_id and ordinal = any (l.recipients)
            ) r on true
            where m.organization_id = $1 and m.id = $2
            order by l.id
            """,
            Map, cancellationToken, organization.Value, message.Value, MaxAttempts, options.Value.KeepFor);
        return rows.Count == 0 ? null : [.. rows.OfType<DeliveryLog>()];
    }

    private static DeliveryLog? Map(NpgsqlDataReader row)
    {
        if (row.IsDBNull(0))
            return null;
        var startedAt = row.GetFieldValue<DateTimeOffset>(1);
        return new DeliveryLog(
            row.GetInt32(0), row.IsDBNull(3) ? [] : row.GetFieldValue<string[]>(3), startedAt, Conversation.Read(startedAt, row.GetString(2)));
    }
}

/// <summary>One conversation with a server, for all recipients it was about.</summary>
/// <param name="Number">Of the attempt, as in the attempts of its recipients.</param>
public sealed record DeliveryLog(int Number, IReadOnlyList<string> Recipients, DateTimeOffset StartedAt, IReadOnlyList<ConversationLine> Lines);
