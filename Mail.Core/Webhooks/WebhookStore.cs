using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Protocol.Webhooks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Webhooks;

/// <summary>The endpoints of organizations. What happens to one is an event, in the same transaction.</summary>
public sealed class WebhookStore(NpgsqlDataSource database, WebhookSecrets secrets, IOptions<WebhookOptions> options, TimeProvider clock)
{
    private const string Columns =
        """
        organization_id, id, dialect, url, description, event_types, status, disabled_reason, secret_hint, failure_count,
        last_success_at, last_failure_at, created_at, updated_at
        """;

    public async Task<CreateWebhookOutcome> CreateAsync(OrganizationId organization, NewWebhook webhook, CancellationToken cancellationToken)
    {
        var id = PrefixedId.New<WebhookId>(clock);
        var secret = WebhookSecret.Generate();
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        // Two that are made at the same moment are counted one after the other.
        await work.ExecuteAsync("select from organizations where id = $1 for no key update", cancellationToken, organization.Value);
        var created = await work.QuerySingleAsync(
            $"""
            insert into webhook_endpoints (organization_id, id, dialect, url, description, event_types, wanted_types, status, disabled_reason,
                                           secret, secret_hint)
            select $1, $2, $3, $4, $5::text, $6, $7, $8::text, case when $8::text = 'disabled' then 'requested' end, $9, $10
            where (select count(*) from webhook_endpoints where organization_id = $1) < $11
            returning {Columns}
            """,
            Map, cancellationToken, organization.Value, id.Value, webhook.Dialect.ToText(), webhook.Url, webhook.Description,
            webhook.EventTypes.ToArray(), WebhookEventTypes.WantedBy(webhook.Dialect, [.. webhook.EventTypes]), webhook.Status.ToText(),
            secrets.Seal(organization, id, secret), WebhookSecrets.HintOf(secret), options.Value.MaxEndpoints);
        if (created is null)
            return new CreateWebhookOutcome.TooMany(options.Value.MaxEndpoints);
        await work.AppendAsync(WebhookEvents.Of(created, EventTypes.WebhookCreated), cancellationToken);
        await work.CommitAsync(cancellationToken);
        return new CreateWebhookOutcome.Created(created, secret);
    }

    /// <summary>Newest first.</summary>
    public Task<List<WebhookDetails>> ListAsync(OrganizationId organization, WebhookId? before, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {Columns} from webhook_endpoints
            where organization_id = $1 and ($2::uuid is null or id < $2)
            order by id desc limit $3
            """,
            Map, cancellationToken, organization.Value, before?.Value, count);

    public Task<WebhookDetails?> FindAsync(OrganizationId organization, WebhookId webhook, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns} from webhook_endpoints where organization_id = $1 and id = $2",
            Map, cancellationToken, organization.Value, webhook.Value);

    /// <summary>The endpoint as it is then, or null. Switching one on again forgets its failures.</summary>
    public async Task<WebhookDetails?> UpdateAsync(
        OrganizationId organization, WebhookDetails current, WebhookChange change, CancellationToken cancellationToken)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        var updated = await work.QuerySingleAsync(
            $"""
            update webhook_endpoints set
                url = coalesce($3::text, url), description = nullif(coalesce($4::text, description), ''),
                event_types = coalesce($5::text[], event_types), wanted_types = coalesce($6::text[], wanted_types),
                status = coalesce($7::text, status),
                disabled_reason = case when coalesce($7::text, status) = 'disabled' then coalesce(disabled_reason, 'requested') end,
                failure_count = case when status = 'disabled' and $7::text = 'active' then 0 else failure_count end,
                failing_since = case when status = 'disabled' and $7::text = 'active' then null else failing_since end,
                updated_at = now()
            where organization_id = $1 and id = $2
            returning {Columns}
            """,
            Map, cancellationToken, organization.Value, current.Id.Value, change.Url, change.Description,
            change.EventTypes?.ToArray(), change.EventTypes is { } types ? WebhookEventTypes.WantedBy(current.Dialect, [.. types]) : null,
            change.Status?.ToText());
        if (updated is null)
            return null;
        if (updated.Status == WebhookStatus.Disabled)
            await work.ExecuteAsync(WebhookQueueStatements.Empty, cancellationToken, organization.Value, current.Id.Value);
        var turnedOff = updated.Status == WebhookStatus.Disabled && current.Status == WebhookStatus.Active;
        await work.AppendAsync(WebhookEvents.Of(updated, turnedOff ? EventTypes.WebhookDisabled : EventTypes.WebhookUpdated), cancellationToken);
        await work.CommitAsync(cancellationToken);
        return updated;
    }

    /// <summary>False when there is no such endpoint. Its deliveries stay readable; those that wait are given up.</summary>
    public async Task<bool> DeleteAsync(OrganizationId organization, WebhookId webhook, CancellationToken cancellationToken)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        var deleted = await work.ExecuteAsync(
            "delete from webhook_endpoints where organization_id = $1 and id = $2", cancellationToken, organization.Value, webhook.Value);
        if (deleted == 0)
            return false;
        await work.ExecuteAsync(WebhookQueueStatements.Empty, cancellationToken, organization.Value, webhook.Value);
        await work.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Gives the endpoint a new secret; the one before signs too for a while. Null when there is no such endpoint.</summary>
    public async Task<(WebhookDetails Webhook, WebhookSecret Secret)?> RotateSecretAsync(
        OrganizationId organization, WebhookId webhook, CancellationToken cancellationToken)
    {
        var secret = WebhookSecret.Generate();
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        var rotated = await work.QuerySingleAsync(
            $"""
            update webhook_endpoints set
                previous_secret = secret, previous_secret_expires_at = now() + $5, secret = $3, secret_hint = $4, updated_at = now()
            where organization_id = $1 and id = $2
            returning {Columns}
            """,
            Map, cancellationToken, organization.Value, webhook.Value, secrets.Seal(organization, webhook, secret),
            WebhookSecrets.HintOf(secret), options.Value.RotationOverlap);
        if (rotated is null)
            return null;
        await work.AppendAsync(WebhookEvents.Of(rotated, EventTypes.WebhookUpdated), cancellationToken);
        await work.CommitAsync(cancellationToken);
        return (rotated, secret);
    }

    private static WebhookDetails Map(NpgsqlDataReader row) => new()
    {
        Organization = new OrganizationId(row.GetGuid(0)),
        Id = new WebhookId(row.GetGuid(1)),
        Dialect = WebhookDialectText.Parse(row.GetString(2)),
        Url = row.GetString(3),
        Description = row.GetStringOrNull(4),
        EventTypes = row.GetFieldValue<string[]>(5),
        Status = WebhookStatusText.ParseStatus(row.GetString(6)),
        DisabledReason = row.GetStringOrNull(7),
        SecretHint = row.GetString(8),
        FailureCount = row.GetInt32(9),
        LastSuccessAt = row.GetValueOrNull<DateTimeOffset>(10),
        LastFailureAt = row.GetValueOrNull<DateTimeOffset>(11),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(12),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(13),
    };
}
