using System.Text.Json;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Events;

public sealed class EventStore(NpgsqlDataSource database)
{
    /// <summary>The events of one message, oldest first.</summary>
    public Task<List<EventDetails>> OfMessageAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select id, type, created_at, data from events
            where organization_id = $1 and message_id = $2
            order by created_at, id
            """,
            Map, cancellationToken, organization.Value, message.Value);

    /// <summary>Appends events that no other change of the database goes with.</summary>
    public async Task AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(EventStatements.Append([.. events]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static EventDetails Map(NpgsqlDataReader row) => new(
        new EventId(row.GetGuid(0)), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2),
        row.IsDBNull(3) ? null : row.GetFieldValue<JsonElement>(3));
}
