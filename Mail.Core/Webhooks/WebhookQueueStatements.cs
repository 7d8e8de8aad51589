using Mail.Core.Ids;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Webhooks;

/// <summary>The statements of <see cref="WebhookQueueStore"/> that write.</summary>
internal static class WebhookQueueStatements
{
    /// <summary>Gives up what waits for one endpoint ($1, $2). What is on its way loses its lease.</summary>
    public const string Empty =
        """
        with dropped as (
            delete from webhook_queue where organization_id = $1 and endpoint_id = $2 returning organization_id, id
        )
        update webhook_deliveries d set status = 'failed', settled_at = now(), next_attempt_at = null, error = 'endpoint_not_active'
        from dropped where d.organization_id = dropped.organization_id and d.id = dropped.id
        """;

    // From endpoint to endpoint: one probe of the index for each, however long its backlog.
    private const string NextOfWalk =
        """
            union all
            select next.organization_id, next.endpoint_id, next.due_at
            from walk
            cross join lateral (
                select organization_id, endpoint_id, due_at from webhook_queue
                where endpoint_id > walk.endpoint_id order by endpoint_id, due_at limit 1
            ) next
        )
        """;

    /// <summary>Every endpoint that has anything in the queue.</summary>
    public const string AllLanes =
        $"""
        with recursive walk as (
            (select organization_id, endpoint_id, due_at from webhook_queue order by endpoint_id, due_at limit 1)
        {NextOfWalk}
        """;

    /// <summary>
    /// The endpoints that have something due. Where that is little it is read as it is; only behind a backlog, which may be
    /// of one endpoint alone, all endpoints of the queue are visited.
    /// </summary>
    public const string DueLanes =
        $"""
        with recursive sample as materialized (
            select organization_id, endpoint_id, due_at from webhook_queue where due_at <= now() order by due_at limit 1000
        ), walk as (
            (select organization_id, endpoint_id, due_at from webhook_queue
             where (select count(*) from sample) = 1000 order by endpoint_id, due_at limit 1)
        {NextOfWalk}, lane as (
            select distinct organization_id, endpoint_id from sample where (select count(*) from sample) < 1000
            union all
            select organization_id, endpoint_id from walk where due_at <= now()
        )
        """;

    // In order of id, so that two workers never wait for each other.
    public static NpgsqlBatchCommand LockEndpoints(List<WebhookResult> results)
    {
        var endpoints = results.DistinctBy(result => result.Job.Webhook).ToList();
        return Batched.Command(
            """
            select from webhook_endpoints e
            join unnest($1::uuid[], $2::uuid[]) as item (organization_id, id)
                on e.organization_id = item.organization_id and e.id = item.id
            order by e.id for no key update of e
            """,
            Batched.Uuids(endpoints, result => result.Job.Organization.Value), Batched.Uuids(endpoints, result => result.Job.Webhook.Value));
    }

    public static NpgsqlBatchCommand Deliveries(List<WebhookResult> results) => Batched.Command(
        """
        update webhook_deliveries d set
            attempts = item.number, status = item.status, response_status = item.response_status, error = item.error,
            next_attempt_at = now() + item.retry_in, settled_at = case when item.retry_in is null then now() end
        from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::smallint[], $6::text[], $7::interval[])
            as item (organization_id, id, number, status, response_status, error, retry_in)
        where d.organization_id = item.organization_id and d.id = item.id
        """,
        Batched.Uuids(results, result => result.Job.Organization.Value),
        Batched.Uuids(results, result => result.Job.Delivery.Value),
        Batched.Array(results, result => result.Job.AttemptNumber, NpgsqlDbType.Integer),
        Batched.Texts(results, result => StatusOf(result).ToText()),
        Batched.Array(results, result => (short?)result.ResponseStatus, NpgsqlDbType.Smallint),
        Batched.Texts(results, result => result.Error),
        Batched.Array(results, result => result.RetryIn, NpgsqlDbType.Interval));

    public static NpgsqlBatchCommand Attempts(List<WebhookResult> results, TimeProvider clock) => Batched.Command(
        """
        insert into webhook_attempts (organization_id, id, delivery_id, number, outcome, url, started_at, latency_ms, response_status,
                                      response_headers, response_body, error, next_attempt_at, worker)
        select organization_id, id, delivery_id, number, outcome, url, started_at, latency_ms, response_status, response_headers::jsonb,
               response_body, error, now() + retry_in, worker
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[], $8::integer[], $9::smallint[],
                    $10::text[], $11::text[], $12::text[], $13::interval[], $14::text[])
            as item (organization_id, id, delivery_id, number, outcome, url, started_at, latency_ms, response_status, response_headers,
                     response_body, error, retry_in, worker)
        """,
        Batched.Uuids(results, result => result.Job.Organization.Value),
        Batched.Uuids(results, _ => PrefixedId.New<WebhookAttemptId>(clock).Value),
        Batched.Uuids(results, result => result.Job.Delivery.Value),
        Batched.Array(results, result => result.Job.AttemptNumber, NpgsqlDbType.Integer),
        Batched.Texts(results, result => result.Succeeded ? "succeeded" : "failed"),
        Batched.Texts(results, result => result.Job.Url),
        Batched.Array(results, result => result.StartedAt, NpgsqlDbType.TimestampTz),
        Batched.Array(results, result => (int)result.Latency.TotalMilliseconds, NpgsqlDbType.Integer),
        Batched.Array(results, result => (short?)result.ResponseStatus, NpgsqlDbType.Smallint),
        Batched.Texts(results, result => WebhookHeaders.Write(result.ResponseHeaders)),
        Batched.Texts(results, result => result.ResponseBody),
        Batched.Texts(results, result => result.Error),
        Batched.Array(results, result => result.RetryIn, NpgsqlDbType.Interval),
        Batched.Texts(results, result => result.Worker));

    private static WebhookDeliveryStatus StatusOf(WebhookResult result) => result.RetryIn is not null
        ? WebhookDeliveryStatus.Pending
        : result.Succeeded ? WebhookDeliveryStatus.Succeeded : WebhookDeliveryStatus.Failed;
}
