using System.Globalization;
using System.Text.Json;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Events;

/// <summary>Events are appended and read; nothing changes or deletes one.</summary>
public sealed class EventStore(NpgsqlDataSource database)
{
    private const string Columns = "id, type, resource_type, resource_id, message_id, created_at, data";

    // An event can be written long after it happened, when the database was away; ids are of the writing.
    private const string LatestWriting = "interval '3 days'";

    // Every message that goes well has these; an index on type leaves them out (0007).
    private static readonly string[] _frequent =
        [EventTypes.MessageQueued, EventTypes.MessageAccepted, EventTypes.MessageSending, EventTypes.MessageSent, EventTypes.DeliveryDelivered];

    /// <summary>The events of one message, oldest first.</summary>
    public Task<List<EventDetails>> OfMessageAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {Columns} from events
            where organization_id = $1 and message_id = $2
            order by created_at, id
            """,
            Map, cancellationToken, organization.Value, message.Value);

    /// <summary>Null when the organization has no such event.</summary>
    public Task<EventDetails?> FindAsync(OrganizationId organization, EventId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns} from events where organization_id = $1 and id = $2", Map, cancellationToken, organization.Value, id.Value);

    /// <summary>Newest first, those before <paramref name="before"/>.</summary>
    public Task<List<EventDetails>> ListAsync(
        OrganizationId organization, EventFilter filter, EventId? before, int count, CancellationToken cancellationToken)
    {
        var parameters = new List<object?> { organization.Value };
        var sql = new List<string> { $"select {Columns} from events where organization_id = $1" };
        Add("id < {0}", before?.Value);
        Add("type = {0}", filter.Type);
        // The words of the partial indexes (0007), so that the planner may use them.
        if (filter.Type is not null && !_frequent.Contains(filter.Type))
            sql.Add($"type not in ({string.Join(", ", _frequent.Select(type => $"'{type}'"))})");
        Add("resource_type = {0}", filter.ResourceType);
        if (filter.ResourceType is not (null or EventResources.Message))
            sql.Add("resource_type <> 'message'");
        if (filter.Resource is { Type: EventResources.Message } message)
            Add("message_id = {0} and resource_type = 'message'", message.Id);
        else if (filter.Resource is { } resource)
        {
            Add("resource_type <> 'message' and resource_type = {0}", resource.Type);
            Add("resource_id = {0}", resource.Id);
        }
        Add("message_id = {0}", filter.Message?.Value);
        Add("created_at >= {0} and id >= uuid_at({0} - interval '1 hour')", filter.From?.ToUniversalTime());
        Add($"created_at < {{0}} and id < uuid_at({{0}} + {LatestWriting})", filter.To?.ToUniversalTime());
        parameters.Add(count);
        var text = string.Join(" and ", sql) + string.Create(CultureInfo.InvariantCulture, $" order by id desc limit ${parameters.Count}");
        return database.QueryBoundedAsync(text, Map, cancellationToken, [.. parameters]);

        void Add(string condition, object? value)
        {
            if (value is null)
                return;
            parameters.Add(value);
            sql.Add(string.Format(CultureInfo.InvariantCulture, condition, "$" + parameters.Count.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Appends events that no other change of the database goes with.</summary>
    public async Task AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(EventStatements.Append([.. events]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static EventDetails Map(NpgsqlDataReader row) => new(
        new EventId(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetGuid(3),
        row.GetValueOrNull<Guid>(4) is { } message ? new MessageId(message) : null,
        row.GetFieldValue<DateTimeOffset>(5), row.IsDBNull(6) ? null : row.GetFieldValue<JsonElement>(6));
}
