using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Events;

/// <summary>The one statement that appends events; whatever must follow from an event follows here.</summary>
internal static class EventStatements
{
    // Ids are the database's: time-ordered, and rising within the statement in the order of the list. The deliveries to the
    // webhooks that want an event are inserted with it. Endpoints are looked up once for each organization of the batch: where
    // there are none, that is all it costs.
    public static NpgsqlBatchCommand Append(List<NewEvent> events) => Batched.Command(
        """
        with appended as (
            insert into events (organization_id, id, type, resource_type, resource_id, message_id, data, created_at)
            select organization_id, uuidv7(), type, resource_type, resource_id, message_id, data::jsonb, coalesce(created_at, now())
            from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[])
                as item (organization_id, type, resource_type, resource_id, message_id, data, created_at)
            returning organization_id, id, type, resource_id
        ), endpoints as materialized (
            select e.organization_id, e.id, e.wanted_types
            from unnest($8::uuid[]) as organization (id)
            cross join lateral (
                select organization_id, id, wanted_types from webhook_endpoints
                where organization_id = organization.id and status = 'active' offset 0
            ) e
        ), deliveries as (
            insert into webhook_deliveries (organization_id, id, endpoint_id, event_id, event_type)
            select a.organization_id, uuidv7(), w.id, a.id, a.type
            from endpoints w
            join appended a on a.organization_id = w.organization_id and case
                when a.type = 'mail.webhook.test' then w.id = a.resource_id
                when a.type = any(w.wanted_types) then true
                else '*' = any(w.wanted_types) and a.type not like 'mail.webhook.delivery.%'
            end
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
        Batched.Array(events, item => item.At, NpgsqlDbType.TimestampTz),
        Batched.Uuids([.. events.Select(item => item.Organization.Value).Distinct()], organization => organization));
}
