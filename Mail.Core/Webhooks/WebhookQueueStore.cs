using System.Security.Cryptography;
using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Protocol.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Mail.Core.Webhooks;

/// <summary>
/// The queue of deliveries as workers see it. It reads across organizations; every row it hands out carries its own.
/// </summary>
public sealed class WebhookQueueStore(
    [FromKeyedServices(MailCore.Database)] NpgsqlDataSource database, WebhookSecrets secrets, TimeProvider clock)
{
    /// <summary>
    /// Leases up to <paramref name="count"/> due deliveries: first the oldest of each endpoint, then the second of each, and
    /// no more than <paramref name="perEndpoint"/> of one at a time, counting what all workers hold. An endpoint that is
    /// failing gets one at a time.
    /// </summary>
    public Task<List<WebhookJob>> ClaimDueAsync(
        string worker, int count, int perEndpoint, TimeSpan lease, CancellationToken cancellationToken) =>
        database.QueryAsync(
            WebhookQueueStatements.DueLanes +
            """
            , due as (
                select item.id, item.due_at, row_number() over (partition by lane.endpoint_id order by item.due_at, item.id) as place
                from lane
                cross join lateral (
                    select failing_since from webhook_endpoints
                    where organization_id = lane.organization_id and id = lane.endpoint_id and status = 'active' offset 0
                ) endpoint
                cross join lateral (
                    select count(*)::integer as held from webhook_queue
                    where endpoint_id = lane.endpoint_id and leased_by is not null and due_at > now()
                ) busy
                cross join lateral (
                    select id, due_at from webhook_queue
                    where endpoint_id = lane.endpoint_id and due_at <= now() order by due_at
                    limit greatest(0, case when endpoint.failing_since is null then $4 else 1 end - busy.held) for update skip locked
                ) item
            ), chosen as (
                select id from due order by place, due_at limit $1
            ), claimed as (
                update webhook_queue q set due_at = now() + $3, leased_by = $2, lease_token = q.lease_token + 1
                from chosen where q.id = chosen.id
                returning q.id, q.lease_token, q.organization_id, q.endpoint_id, q.event_id, q.attempts
            )
            select c.id, c.lease_token, c.organization_id, c.endpoint_id, c.attempts, d.attempts, w.dialect, w.url, w.secret,
                   case when w.previous_secret_expires_at > now() then w.previous_secret end,
                   e.id, e.type, e.resource_type, e.resource_id, e.message_id, e.created_at, e.data, m.metadata, m.traceparent
            from claimed c
            cross join lateral (select * from webhook_endpoints where organization_id = c.organization_id and id = c.endpoint_id offset 0) w
            cross join lateral (select * from webhook_deliveries where organization_id = c.organization_id and id = c.id offset 0) d
            cross join lateral (select * from events where organization_id = c.organization_id and id = c.event_id offset 0) e
            left join lateral (select metadata, traceparent from messages where organization_id = c.organization_id and id = e.message_id offset 0) m on true
            """,
            Read, cancellationToken, count, worker, lease, perEndpoint);

    /// <summary>Gives deliveries back unattempted, due at once.</summary>
    public Task ReleaseAsync(IReadOnlyCollection<WebhookLease> leases, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            update webhook_queue q set due_at = now(), leased_by = null
            from unnest($1::uuid[], $2::bigint[]) as item (id, token)
            where q.id = item.id and q.lease_token = item.token and q.leased_by is not null
            """,
            cancellationToken, leases.Select(lease => lease.Delivery.Value).ToArray(), leases.Select(lease => lease.Token).ToArray());

    /// <summary>
    /// Writes how attempts ended, in one transaction: the attempts, the deliveries, what it means for their endpoints, the
    /// events, and the end or the next due time in the queue. A result whose lease was lost changes nothing. Returns those written.
    /// </summary>
    public async Task<IReadOnlySet<WebhookLease>> RecordAsync(
        IReadOnlyList<WebhookResult> results, TimeSpan failingFor, CancellationToken cancellationToken)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        await work.ExecuteAsync([WebhookQueueStatements.LockEndpoints([.. results])], cancellationToken);
        var held = await SettleAsync(work, results, cancellationToken);
        var written = results.Where(result => held.Contains(result.Job.Lease)).ToList();
        if (written.Count > 0)
        {
            await work.ExecuteAsync([WebhookQueueStatements.Deliveries(written), WebhookQueueStatements.Attempts(written, clock)], cancellationToken);
            var disabled = await UpdateEndpointsAsync(work, written, failingFor, cancellationToken);
            List<NewEvent> events = [.. written.Select(WebhookEvents.Of).OfType<NewEvent>(), .. disabled.Select(endpoint => endpoint.ToEvent())];
            if (events.Count > 0)
                await work.ExecuteAsync([EventStatements.Append(events)], cancellationToken);
            foreach (var endpoint in disabled)
                await work.ExecuteAsync(WebhookQueueStatements.Empty, cancellationToken, endpoint.Organization.Value, endpoint.Webhook.Value);
        }
        await work.CommitAsync(cancellationToken);
        return written.Select(result => result.Job.Lease).ToHashSet();
    }

    /// <summary>
    /// Gives up what was queued for endpoints that were deleted or disabled at that very moment. Returns how many.
    /// </summary>
    public Task<int> SettleOrphansAsync(int count, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            WebhookQueueStatements.AllLanes +
            """
            , orphan as (
                select item.organization_id, item.id
                from walk
                left join lateral (
                    select id from webhook_endpoints
                    where organization_id = walk.organization_id and id = walk.endpoint_id and status = 'active' offset 0
                ) endpoint on true
                cross join lateral (
                    select organization_id, id from webhook_queue where endpoint_id = walk.endpoint_id limit $1 for update skip locked
                ) item
                where endpoint.id is null
                limit $1
            ), dropped as (
                delete from webhook_queue q using orphan where q.id = orphan.id returning q.organization_id, q.id
            )
            update webhook_deliveries d set status = 'failed', settled_at = now(), next_attempt_at = null, error = 'endpoint_not_active'
            from dropped where d.organization_id = dropped.organization_id and d.id = dropped.id
            """,
            cancellationToken, count);

    // A deferred row keeps its token, so leased_by tells that a record repeated after a doubtful commit is already written.
    private static async Task<HashSet<WebhookLease>> SettleAsync(
        UnitOfWork work, IReadOnlyList<WebhookResult> results, CancellationToken cancellationToken)
    {
        var held = await work.QueryAsync(
            """
            with item as (
                select * from unnest($1::uuid[], $2::bigint[], $3::interval[]) as item (id, token, retry_in)
            ), settled as (
                delete from webhook_queue q using item
                where q.id = item.id and q.lease_token = item.token and q.leased_by is not null and item.retry_in is null
                returning q.id, q.lease_token
            ), later as (
                update webhook_queue q set due_at = now() + item.retry_in, leased_by = null, attempts = q.attempts + 1
                from item
                where q.id = item.id and q.lease_token = item.token and q.leased_by is not null and item.retry_in is not null
                returning q.id, q.lease_token
            )
            select id, lease_token from settled union all select id, lease_token from later
            """,
            row => new WebhookLease(new WebhookDeliveryId(row.GetGuid(0)), row.GetInt64(1)), cancellationToken,
            results.Select(result => result.Job.Delivery.Value).ToArray(), results.Select(result => result.Job.Lease.Token).ToArray(),
            results.Select(result => result.RetryIn).ToArray());
        return [.. held];
    }

    // One success among the results says that the endpoint works, whatever else went wrong.
    private static async Task<List<DisabledEndpoint>> UpdateEndpointsAsync(
        UnitOfWork work, List<WebhookResult> results, TimeSpan failingFor, CancellationToken cancellationToken)
    {
        var endpoints = results.GroupBy(result => (result.Job.Organization, result.Job.Webhook)).ToList();
        var updated = await work.QueryAsync(
            """
            update webhook_endpoints e set
                failure_count = case when item.successes > 0 then 0 else e.failure_count + item.failures end,
                failing_since = case when item.successes = 0 then coalesce(e.failing_since, now()) end,
                last_success_at = case when item.successes > 0 then now() else e.last_success_at end,
                last_failure_at = case when item.failures > 0 then now() else e.last_failure_at end,
                status = case when item.gone or (item.successes = 0 and e.failing_since <= now() - $6::interval) then 'disabled' else e.status end,
                disabled_reason = case when item.gone then 'gone'
                    when item.successes = 0 and e.failing_since <= now() - $6::interval then 'failing' end
            from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::boolean[]) as item (organization_id, id, successes, failures, gone)
            where e.organization_id = item.organization_id and e.id = item.id and e.status = 'active'
            returning e.organization_id, e.id, e.url, e.event_types, e.disabled_reason
            """,
            row => row.IsDBNull(4) ? null : new DisabledEndpoint(
                new OrganizationId(row.GetGuid(0)), new WebhookId(row.GetGuid(1)), row.GetString(2), row.GetFieldValue<string[]>(3), row.GetString(4)),
            cancellationToken, endpoints.Select(group => group.Key.Organization.Value).ToArray(), endpoints.Select(group => group.Key.Webhook.Value).ToArray(),
            endpoints.Select(group => group.Count(result => result.Succeeded)).ToArray(),
            endpoints.Select(group => group.Count(result => !result.Succeeded)).ToArray(),
            endpoints.Select(group => group.Any(result => result.IsGone)).ToArray(), failingFor);
        return [.. updated.OfType<DisabledEndpoint>()];
    }

    private WebhookJob Read(NpgsqlDataReader row)
    {
        var (organization, webhook) = (new OrganizationId(row.GetGuid(2)), new WebhookId(row.GetGuid(3)));
        return new WebhookJob
        {
            Lease = new WebhookLease(new WebhookDeliveryId(row.GetGuid(0)), row.GetInt64(1)),
            Organization = organization,
            Webhook = webhook,
            AttemptsInRound = row.GetInt32(4),
            AttemptNumber = row.GetInt32(5) + 1,
            Dialect = WebhookDialectText.Parse(row.GetString(6)),
            Url = row.GetString(7),
            Secrets = OpenAll(organization, webhook, row.GetFieldValue<byte[]>(8), row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9)),
            Event = new EventDetails(
                new EventId(row.GetGuid(10)), row.GetString(11), row.GetString(12), row.GetGuid(13),
                row.IsDBNull(14) ? null : new MessageId(row.GetGuid(14)), row.GetFieldValue<DateTimeOffset>(15),
                row.IsDBNull(16) ? null : row.GetFieldValue<JsonElement>(16)),
            Metadata = row.GetStringOrNull(17),
            TraceParent = row.GetStringOrNull(18),
        };
    }

    private WebhookSecret[] OpenAll(OrganizationId organization, WebhookId webhook, params byte[]?[] values)
    {
        try
        {
            return [.. values.OfType<byte[]>().Select(value => secrets.Open(organization, webhook, value))];
        }
        catch (CryptographicException)
        {
            // One endpoint whose secret was sealed with a lost key must not stop the deliveries of the others.
            return [];
        }
    }

    private sealed record DisabledEndpoint(OrganizationId Organization, WebhookId Webhook, string Url, string[] EventTypes, string Reason)
    {
        public NewEvent ToEvent() => WebhookEvents.Of(Organization, Webhook, Events.EventTypes.WebhookDisabled,
            new WebhookEvents.WebhookEventData(Url, EventTypes, WebhookStatus.Disabled.ToText(), Reason));
    }
}
