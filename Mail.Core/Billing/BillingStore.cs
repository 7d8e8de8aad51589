using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Billing;

/// <summary>Usage of the month and the spend cap.</summary>
public sealed class BillingStore(NpgsqlDataSource database)
{
    public async Task<Usage> UsageAsync(OrganizationId organization, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            """
            select month.period,
                   (select coalesce(sum(accepted), 0)::bigint from usage_counters c where c.organization_id = o.id and c.period = month.period),
                   o.billing_enabled, o.has_payment_method, o.spend_cap_cents
            from organizations o, (select to_char(now() at time zone 'UTC', 'YYYY-MM') as period) month
            where o.id = $1
            """,
            row => new Usage(row.GetString(0), row.GetInt64(1), row.GetBoolean(2), row.GetBoolean(3), row.GetValueOrNull<long>(4)),
            cancellationToken, organization.Value)).Single();

    /// <param name="cents">Null clears it.</param>
    public Task SetSpendCapAsync(OrganizationId organization, long? cents, CancellationToken cancellationToken) =>
        database.ExecuteAsync("update organizations set spend_cap_cents = $2::bigint where id = $1", cancellationToken, organization.Value, cents);

    /// <summary>Tells once in a month that the cap holds mail back.</summary>
    public async Task NoteCapReachedAsync(OrganizationId organization, string period, long capCents, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var notice = new NpgsqlCommand(
            "insert into usage_notices (organization_id, period) values ($1, $2) on conflict do nothing", connection)
            .With(organization.Value, period);
        if (await notice.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(EventStatements.Append([new NewEvent(
                organization, EventTypes.SpendCapReached, EventResources.Organization, organization.Value,
                Data: JsonSerializer.Serialize(new SpendCapEventData(period, capCents), BillingJson.Default.SpendCapEventData))]));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }
}

internal sealed record SpendCapEventData(string PeriodKey, long MonthlySpendCapCents);

/// <summary>What billing puts into events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SpendCapEventData))]
internal sealed partial class BillingJson : JsonSerializerContext;
