using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Limits;

/// <summary>Reads what decides whether an organization may send, in one round trip.</summary>
public sealed class SendingStateStore(NpgsqlDataSource database, IOptions<LimitOptions> options)
{
    /// <param name="complete">With what is used of limits that there are not.</param>
    public async Task<SendingState> ReadAsync(OrganizationId organization, bool complete, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(State(organization, complete));
        batch.BatchCommands.Add(Standings(organization));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new InvalidOperationException($"There is no organization {organization}.");
        var state = Map(reader);
        await reader.NextResultAsync(cancellationToken);
        var standings = new List<DomainStanding>();
        while (await reader.ReadAsync(cancellationToken))
        {
            standings.Add(new DomainStanding(
                new DomainId(reader.GetGuid(0)), reader.GetString(1) == "disabled" ? SenderStanding.Disabled : SenderStanding.Throttled, reader.GetInt64(2)));
        }
        var whole = standings.Find(standing => standing.Domain.Value == Guid.Empty);
        return state with
        {
            Standing = whole?.Standing ?? SenderStanding.Free, Domains = standings.FindAll(standing => standing != whole),
        };
    }

    // Sums are made only where something asks for them.
    private NpgsqlBatchCommand State(OrganizationId organization, bool complete)
    {
        var command = new NpgsqlBatchCommand(
            """
            select o.billing_enabled, o.has_payment_method, o.spend_cap_cents, month.period,
                   case when o.billing_enabled then (
                       select coalesce(sum(accepted), 0) from usage_counters c where c.organization_id = o.id and c.period = month.period)
                   else 0 end::bigint,
                   exists (select from usage_notices n where n.organization_id = o.id and n.period = month.period),
                   coalesce(l.tier, 'standard'), l.per_second, l.hourly, l.daily, l.warmup_started_at, now() - l.warmup_started_at,
                   coalesce(l.review_state, 'none'), l.review_reason, l.review_requested_at,
                   case when $2 or l.hourly is not null or r.status = 'throttled' then (
                       select coalesce(sum(accepted), 0) from sending_hours h where h.organization_id = o.id and h.hour = date_trunc('hour', now(), 'UTC'))
                   else 0 end::bigint,
                   case when $3 or l.daily is not null or l.warmup_started_at is not null then (
                       select coalesce(sum(accepted), 0) from sending_hours h where h.organization_id = o.id and h.hour >= date_trunc('day', now(), 'UTC'))
                   else 0 end::bigint,
                   date_trunc('hour', now(), 'UTC') + interval '1 hour' - now(), date_trunc('day', now(), 'UTC') + interval '1 day' - now()
            from organizations o
            cross join (select to_char(now() at time zone 'UTC', 'YYYY-MM') as period) month
            left join sending_limits l on l.organization_id = o.id
            left join reputation r on r.organization_id = o.id and r.domain_id = '00000000-0000-0000-0000-000000000000'
            where o.id = $1
            """);
        command.Parameters.Add(new() { Value = organization.Value });
        command.Parameters.Add(new() { Value = complete || options.Value.Hourly is not null });
        command.Parameters.Add(new() { Value = complete || options.Value.Daily is not null });
        return command;
    }

    private static NpgsqlBatchCommand Standings(OrganizationId organization)
    {
        var command = new NpgsqlBatchCommand(
            """
            select r.domain_id, r.status, (
                select coalesce(sum(accepted), 0)::bigint from sending_hours h
                where h.organization_id = r.organization_id and h.hour = date_trunc('hour', now(), 'UTC') and h.domain_id = r.domain_id)
            from reputation r where r.organization_id = $1 and r.status in ('throttled', 'disabled')
            """);
        command.Parameters.Add(new() { Value = organization.Value });
        return command;
    }

    private static SendingState Map(NpgsqlDataReader row) => new(
        new SendingBilling(
            row.GetBoolean(0), row.GetBoolean(1), row.GetValueOrNull<long>(2), row.GetString(3), row.GetInt64(4), row.GetBoolean(5)),
        row.GetString(6), row.GetValueOrNull<long>(7), row.GetValueOrNull<long>(8), row.GetValueOrNull<long>(9),
        row.GetValueOrNull<DateTimeOffset>(10), row.GetValueOrNull<TimeSpan>(11),
        new ReviewState(row.GetString(12), row.GetStringOrNull(13), row.GetValueOrNull<DateTimeOffset>(14)),
        row.GetInt64(15), row.GetInt64(16), row.GetFieldValue<TimeSpan>(17), row.GetFieldValue<TimeSpan>(18), SenderStanding.Free, []);
}
