using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Queue;

/// <summary>
/// Tells once (mail.delivery.delayed) that an item is late that only waits: under a hold, for its turn, or between two
/// attempts. Those that are just attempted tell it themselves. Reads across organizations.
/// </summary>
public sealed class LateNoticeStore(NpgsqlDataSource database, HoldStore holds)
{
    /// <summary>
    /// Tells it of up to so many items behind an id. Ids rise with time, so what is late stands at the beginning of the
    /// primary key, and no index of its own costs every message something.
    /// </summary>
    /// <returns>How many, and the last id seen.</returns>
    public async Task<(int Count, QueueItemId Last)> TellAsync(QueueItemId behind, TimeSpan age, int count, CancellationToken cancellationToken)
    {
        var reasons = new WaitReasons(await holds.ListAsync(cancellationToken));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var late = await LockAsync(connection, behind, age, count, cancellationToken);
        if (late.Count == 0)
            return (0, behind);
        var recipients = await RecipientsAsync(connection, late, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Batched.Command(
            "update delivery_queue set delayed = true where id = any($1)", Batched.Uuids(late, item => item.Id.Value)));
        batch.BatchCommands.Add(EventStatements.Append(recipients.ConvertAll(recipient => EventOf(late[recipient.Item], recipient, reasons))));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (late.Count, late[^1].Id);
    }

    private static Task<List<LateItem>> LockAsync(
        NpgsqlConnection connection, QueueItemId behind, TimeSpan age, int count, CancellationToken cancellationToken) => connection.QueryAsync(
        """
        select q.id, q.organization_id, q.message_id, q.domain, q.recipient, q.wait_reason, d.destination
        from (
            select * from delivery_queue
            where id > $1 and id < (select uuidv7(-$2::interval)) and enqueued_at <= now() - $2::interval and not delayed and leased_by is null
            order by id limit $3 for update skip locked
        ) q
        left join lateral (select destination from delivery_destinations where domain = q.domain offset 0) d on true
        order by q.id
        """,
        row => new LateItem(
            new QueueItemId(row.GetGuid(0)), new OrganizationId(row.GetGuid(1)), new MessageId(row.GetGuid(2)), row.GetString(3),
            row.GetValueOrNull<short>(4), row.GetStringOrNull(5), row.GetStringOrNull(6)),
        cancellationToken, behind.Value, age, count);

    private static async Task<List<LateRecipient>> RecipientsAsync(
        NpgsqlConnection connection, List<LateItem> late, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select (item.position - 1)::integer, r.address, r.smtp_code, r.enhanced_code, r.reply
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[]) with ordinality
                as item (organization_id, message_id, domain, recipient, position)
            join message_recipients r on r.message_id = item.message_id and r.organization_id = item.organization_id
                and r.domain = item.domain and (item.recipient is null or r.ordinal = item.recipient) and r.settled_at is null
            order by item.position, r.ordinal
            """, connection);
        command.Parameters.Add(Batched.Uuids(late, item => item.Organization.Value));
        command.Parameters.Add(Batched.Uuids(late, item => item.Message.Value));
        command.Parameters.Add(Batched.Texts(late, item => item.Domain));
        command.Parameters.Add(Batched.Array(late, item => item.Recipient, NpgsqlDbType.Smallint));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var recipients = new List<LateRecipient>();
        while (await reader.ReadAsync(cancellationToken))
        {
            recipients.Add(new LateRecipient(
                reader.GetInt32(0), reader.GetString(1), reader.GetValueOrNull<short>(2), reader.GetStringOrNull(3), reader.GetStringOrNull(4)));
        }
        return recipients;
    }

    private static NewEvent EventOf(LateItem item, LateRecipient recipient, WaitReasons reasons)
    {
        var data = reasons.HoldOn(item.Organization, item.Domain, item.Destination) switch
        {
            // What the operator has against an organization is not for its events.
            { Scope: HoldScope.Organization, IsAutomatic: false } => Waits(recipient, "held", "sending of your organization is on hold"),
            { } hold => Waits(recipient, "held", hold.Reason),
            null when item.WaitReason is { } reason => Waits(recipient, "waiting", reason),
            null when recipient.Reply is not null => new DeliveryEvents.EventData(
                recipient.Address, null, "deferred", recipient.SmtpCode, recipient.EnhancedCode, recipient.Reply, null),
            null => Waits(recipient, "waiting", "it waits for its turn"),
        };
        return NewEvent.OfMessage(
            item.Organization, EventTypes.DeliveryDelayed, item.Message, JsonSerializer.Serialize(data, StoredJson.Default.EventData));
    }

    private static DeliveryEvents.EventData Waits(LateRecipient recipient, string cause, string reason) =>
        new(recipient.Address, "claim", cause, null, null, reason, null);

    private sealed record LateItem(
        QueueItemId Id, OrganizationId Organization, MessageId Message, string Domain, short? Recipient, string? WaitReason, string? Destination);

    private sealed record LateRecipient(int Item, string Address, short? SmtpCode, string? EnhancedCode, string? Reply);
}
