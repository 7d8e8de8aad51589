using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Messages;

/// <summary>Calls messages off.</summary>
public sealed class CancelStore(NpgsqlDataSource database)
{
    /// <summary>
    /// Cancels the recipients that nobody is delivering to. Deleting a queue row and claiming it exclude each other, so a
    /// recipient is either canceled or delivered to, never both; what a worker holds under a live lease stays with it.
    /// </summary>
    public Task<CancelOutcome> CancelAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken) =>
        CancelAsync(organization, message, isQueuedToo: true, cancellationToken);

    /// <summary>Cancels a message only as long as it waits for its time: what was released meanwhile goes out.</summary>
    public Task<CancelOutcome> CancelScheduledAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken) =>
        CancelAsync(organization, message, isQueuedToo: false, cancellationToken);

    private async Task<CancelOutcome> CancelAsync(
        OrganizationId organization, MessageId message, bool isQueuedToo, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In the order in which outcomes are recorded: queue rows, then the message, then its recipients.
        var domains = !isQueuedToo ? [] : await connection.QueryAsync(
            """
            delete from delivery_queue
            where organization_id = $1 and message_id = $2 and (leased_by is null or due_at <= now())
            returning domain
            """,
            row => row.GetString(0), cancellationToken, organization.Value, message.Value);
        var found = await connection.QueryAsync(
            "select status from messages where organization_id = $1 and id = $2 for no key update",
            row => MessageStatusText.Parse(row.GetString(0)), cancellationToken, organization.Value, message.Value);
        if (found is not [var status])
            return new CancelOutcome.NotFound();
        var canceled = await connection.QueryAsync(
            """
            update message_recipients set status = 'canceled', settled_at = now(), next_attempt_at = null
            where organization_id = $1 and message_id = $2 and settled_at is null and (domain = any ($3) or status = 'scheduled')
            returning address
            """,
            row => row.GetString(0), cancellationToken, organization.Value, message.Value, domains.ToArray());
        if (canceled.Count == 0)
            return status == MessageStatus.Canceled ? new CancelOutcome.Canceled([], status) : new CancelOutcome.TooLate(status);
        var now = await SettleAsync(connection, organization, message, canceled, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CancelOutcome.Canceled(canceled, now);
    }

    private static async Task<MessageStatus> SettleAsync(
        NpgsqlConnection connection, OrganizationId organization, MessageId message, List<string> canceled, CancellationToken cancellationToken)
    {
        var statuses = await connection.QueryAsync(
            """
            update messages m
            set status = item.status, settled_at = case when item.status not in ('scheduled', 'queued', 'deferred') then now() end
            from (select message_status($1, $2) as status offset 0) item
            where m.organization_id = $1 and m.id = $2
            returning m.status
            """,
            row => row.GetString(0), cancellationToken, organization.Value, message.Value);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(EventStatements.Append(canceled.ConvertAll(address =>
            NewEvent.OfMessage(organization, EventTypes.MessageCanceled, message, ContentJson.WriteRecipient(address)))));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return MessageStatusText.Parse(statuses[0]);
    }
}

/// <summary>What became of calling a message off.</summary>
public abstract record CancelOutcome
{
    private CancelOutcome()
    {
    }

    /// <param name="Addresses">Those that are canceled by this call; none when all was canceled before.</param>
    /// <param name="Status">Of the message; others of its recipients may be sent or on their way.</param>
    public sealed record Canceled(IReadOnlyList<string> Addresses, MessageStatus Status) : CancelOutcome;

    /// <summary>Nobody is left to be canceled: all are settled, or a worker is delivering right now.</summary>
    public sealed record TooLate(MessageStatus Status) : CancelOutcome;

    public sealed record NotFound : CancelOutcome;
}
