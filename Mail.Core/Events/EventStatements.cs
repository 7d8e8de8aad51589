using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Events;

/// <summary>The one statement that appends events; whatever must follow from an event follows here.</summary>
internal static class EventStatements
{
    // Ids are the database's: time-ordered, and rising within the statement in the order of the list.
    public static NpgsqlBatchCommand Append(List<NewEvent> events) => Batched.Command(
        """
        insert into events (organization_id, id, type, resource_type, resource_id, message_id, data, created_at)
        select organization_id, uuidv7(), type, resource_type, resource_id, message_id, data::jsonb, coalesce(created_at, now())
        from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[])
            as item (organization_id, type, resource_type, resource_id, message_id, data, created_at)
        """,
        Batched.Uuids(events, item => item.Organization.Value),
        Batched.Texts(events, item => item.Type),
        Batched.Texts(events, item => item.ResourceType),
        Batched.Uuids(events, item => item.ResourceId),
        Batched.Array(events, item => item.Message?.Value, NpgsqlDbType.Uuid),
        Batched.Texts(events, item => item.Data),
        Batched.Array(events, item => item.At, NpgsqlDbType.TimestampTz));
}
