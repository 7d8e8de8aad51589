using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Events;

/// <summary>The one statement that appends events; whatever must follow from an event follows here.</summary>
internal static class EventStatements
{
    // Ids are the database's: time-ordered, and rising within the statement in the order of the list. The deliveries to the
    // webhooks that want an event are inserted with it; for an organization without any that is a probe of an empty index.
    public static NpgsqlBatchCommand Append(List<NewEvent> events) => Batched.Command(
        """
        with appended as (
            insert into events (organization_id, id, type, resource_type, resource_id, message_id, data, created_at)
            select organization_id, uuidv7(), type, resource_type, resource_id, message_id, data::jsonb, coalesce(created_at, now())
            from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[])
                as item (organization_id, type, resource_type, resource_id, message_id, data, created_at)
            returning organization_id, id, type, resource_id
        ), deliveries as (
            insert into webhook_deliveries (organization_id, id, endpoint_id, event_id, event_type)
            select a.organization_id, uuidv7(), w.id, a.id, a.type
            from appended a
            cross join lateral (
                select id from webhook_endpoints
                where organization_id = a.organization_id and status = 'active' and case
                    when a.type = 'mail.webhook.test' then id = a.resource_id
                    when a.type = any(wanted_types) then true
                    else '*' = any(wanted_types) and a.type not like 'mail.webhook.delivery.%'
                end
                offset 0
            ) w
            returning organization_id, id, endpoint_id, event_id
        )
        insert into webhook_queue (id, organization_id, endpoint_id, event_id)
        select id, organization_id, endpoint_id, event_id from deliveries
        """,
        Batched.Uuids(events, item => item.Organization.Value),
        Batched.Texts(events, item => item.Type),
        Batched.Texts(events, item => item.ResourceType),
        Batched.Uuids(events, item => item.ResourceId),
        Batched.Array(events, item => item.Message?.Value, NpgsqlDbType.Uuid),
        Batched.Texts(events, item => item.Data),
        Batched.Array(events, item => item.At, NpgsqlDbType.TimestampTz));
}
