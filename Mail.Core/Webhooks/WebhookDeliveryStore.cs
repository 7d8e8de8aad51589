using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Webhooks;

/// <summary>The history of deliveries, and asking for one again.</summary>
public sealed class WebhookDeliveryStore(NpgsqlDataSource database)
{
    /// <summary>More than this is not replayed at once.</summary>
    public const int MaxReplayed = 10_000;

    private const string Columns =
        "id, endpoint_id, event_id, event_type, status, attempts, response_status, error, next_attempt_at, created_at, settled_at";

    /// <summary>Newest first.</summary>
    public Task<List<WebhookDeliveryDetails>> ListAsync(
        OrganizationId organization, WebhookId webhook, WebhookDeliveryStatus? status, WebhookDeliveryId? before, int count,
        CancellationToken cancellationToken) =>
        database.QueryBoundedAsync(
            $"""
            select {Columns} from webhook_deliveries
            where organization_id = $1 and endpoint_id = $2 and ($3::text is null or status = $3) and ($4::uuid is null or id < $4)
            order by id desc limit $5
            """,
            Map, cancellationToken, organization.Value, webhook.Value, status?.ToText(), before?.Value, count);

    public Task<WebhookDeliveryDetails?> FindAsync(OrganizationId organization, WebhookDeliveryId delivery, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns} from webhook_deliveries where organization_id = $1 and id = $2",
            Map, cancellationToken, organization.Value, delivery.Value);

    /// <summary>Oldest first.</summary>
    public Task<List<WebhookAttemptDetails>> AttemptsAsync(
        OrganizationId organization, WebhookDeliveryId delivery, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select id, number, outcome, url, started_at, latency_ms, response_status, response_headers, response_body, error, next_attempt_at
            from webhook_attempts where organization_id = $1 and delivery_id = $2
            order by number, id
            """,
            MapAttempt, cancellationToken, organization.Value, delivery.Value);

    /// <summary>Makes a delivery due at once, whatever came of it before; its schedule begins again.</summary>
    public async Task<RetryWebhookOutcome> RetryAsync(OrganizationId organization, WebhookDeliveryId delivery, CancellationToken cancellationToken)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        if (await work.QuerySingleAsync(
            $"select {Columns} from webhook_deliveries where organization_id = $1 and id = $2 for update",
            Map, cancellationToken, organization.Value, delivery.Value) is not { } found)
            return new RetryWebhookOutcome.NotFound();
        if (!await IsActiveAsync(work, organization, found.Webhook, cancellationToken))
            return new RetryWebhookOutcome.NotActive();
        if (!await IsEventKeptAsync(work, organization, found.Event, cancellationToken))
            return new RetryWebhookOutcome.EventGone();
        // Under a lease it is being attempted at this moment.
        await work.ExecuteAsync(
            """
            insert into webhook_queue as q (id, organization_id, endpoint_id, event_id) values ($2, $1, $3, $4)
            on conflict (id) do update set due_at = least(q.due_at, now()), attempts = 0 where q.leased_by is null
            """,
            cancellationToken, organization.Value, delivery.Value, found.Webhook.Value, found.Event.Value);
        var queued = await work.QuerySingleAsync(
            $"""
            update webhook_deliveries set status = 'pending', settled_at = null, next_attempt_at = now()
            where organization_id = $1 and id = $2
            returning {Columns}
            """,
            Map, cancellationToken, organization.Value, delivery.Value);
        await work.CommitAsync(cancellationToken);
        return new RetryWebhookOutcome.Queued(queued!);
    }

    /// <summary>Makes everything due that failed for good since then, oldest first; null when the endpoint is not active.</summary>
    public async Task<int?> ReplayAsync(OrganizationId organization, WebhookId webhook, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        if (!await IsActiveAsync(work, organization, webhook, cancellationToken))
            return null;
        var replayed = await work.ExecuteAsync(
            """
            with failed as (
                select organization_id, id from webhook_deliveries d
                where organization_id = $1 and endpoint_id = $2 and status = 'failed' and id >= uuid_at($3)
                  and exists (select from events where organization_id = $1 and id = d.event_id)
                order by id limit $4 for update skip locked
            ), pending as (
                update webhook_deliveries d set status = 'pending', settled_at = null, next_attempt_at = now()
                from failed where d.organization_id = failed.organization_id and d.id = failed.id
                returning d.organization_id, d.id, d.endpoint_id, d.event_id
            )
            insert into webhook_queue (id, organization_id, endpoint_id, event_id)
            select id, organization_id, endpoint_id, event_id from pending
            on conflict (id) do nothing
            """,
            cancellationToken, organization.Value, webhook.Value, since, MaxReplayed);
        await work.CommitAsync(cancellationToken);
        return replayed;
    }

    /// <summary>Queues an event that only this endpoint gets.</summary>
    public async Task<RetryWebhookOutcome> TestAsync(OrganizationId organization, WebhookId webhook, CancellationToken cancellationToken)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        if (!await IsActiveAsync(work, organization, webhook, cancellationToken))
            return new RetryWebhookOutcome.NotActive();
        await work.AppendAsync(WebhookEvents.Test(organization, webhook), cancellationToken);
        var queued = await work.QuerySingleAsync(
            $"""
            select {Columns} from webhook_deliveries
            where organization_id = $1 and endpoint_id = $2 and event_type = $3
            order by id desc limit 1
            """,
            Map, cancellationToken, organization.Value, webhook.Value, WebhookEventTypes.Test);
        await work.CommitAsync(cancellationToken);
        return queued is null ? new RetryWebhookOutcome.NotActive() : new RetryWebhookOutcome.Queued(queued);
    }

    // Locked, so that it is not disabled or deleted before the delivery is in the queue.
    private static async Task<bool> IsActiveAsync(
        UnitOfWork work, OrganizationId organization, WebhookId webhook, CancellationToken cancellationToken) =>
        (await work.QueryAsync(
            "select 1 from webhook_endpoints where organization_id = $1 and id = $2 and status = 'active' for share",
            row => row.GetInt32(0), cancellationToken, organization.Value, webhook.Value)).Count == 1;

    // Events are kept for a time; without its event a delivery has nothing to say.
    private static async Task<bool> IsEventKeptAsync(
        UnitOfWork work, OrganizationId organization, EventId happened, CancellationToken cancellationToken) =>
        (await work.QueryAsync(
            "select 1 from events where organization_id = $1 and id = $2",
            row => row.GetInt32(0), cancellationToken, organization.Value, happened.Value)).Count == 1;

    private static WebhookDeliveryDetails Map(NpgsqlDataReader row) => new()
    {
        Id = new WebhookDeliveryId(row.GetGuid(0)),
        Webhook = new WebhookId(row.GetGuid(1)),
        Event = new EventId(row.GetGuid(2)),
        EventType = row.GetString(3),
        Status = WebhookStatusText.ParseDeliveryStatus(row.GetString(4)),
        Attempts = row.GetInt32(5),
        ResponseStatus = row.GetValueOrNull<short>(6),
        Error = row.GetStringOrNull(7),
        NextAttemptAt = row.GetValueOrNull<DateTimeOffset>(8),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(9),
        SettledAt = row.GetValueOrNull<DateTimeOffset>(10),
    };

    private static WebhookAttemptDetails MapAttempt(NpgsqlDataReader row) => new()
    {
        Id = new WebhookAttemptId(row.GetGuid(0)),
        Number = row.GetInt32(1),
        Succeeded = row.GetString(2) == "succeeded",
        Url = row.GetString(3),
        StartedAt = row.GetFieldValue<DateTimeOffset>(4),
        LatencyMs = row.GetInt32(5),
        ResponseStatus = row.GetValueOrNull<short>(6),
        ResponseHeaders = WebhookHeaders.Read(row.GetStringOrNull(7)),
        ResponseBody = row.GetStringOrNull(8),
        Error = row.GetStringOrNull(9),
        NextAttemptAt = row.GetValueOrNull<DateTimeOffset>(10),
    };
}
