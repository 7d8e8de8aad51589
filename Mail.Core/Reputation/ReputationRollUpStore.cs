using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Domains;
using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Reputation;

/// <summary>Judges all senders by what became of their mail within the window, and tells what changed.</summary>
public sealed class ReputationRollUpStore(NpgsqlDataSource database, IOptions<ReputationOptions> options)
{
    /// <summary>Returns how many changed their status. One process does it at a time; the others have nothing to do.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var mine = await connection.QueryAsync(
            "select pg_try_advisory_xact_lock(hashtextextended('reputation', 0))", row => row.GetBoolean(0), cancellationToken);
        if (!mine[0])
            return 0;
        var judged = await ReadAsync(connection, cancellationToken);
        var fresh = judged.FindAll(sender => sender.IsFresh);
        var changed = judged.FindAll(sender => sender.Verdict.Status != sender.Previous);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Write(fresh));
        batch.BatchCommands.Add(Changes(changed));
        batch.BatchCommands.Add(Reviews(changed.FindAll(sender => sender.Verdict.Status == ReputationStatus.Disabled)));
        batch.BatchCommands.Add(EventStatements.Append(changed.ConvertAll(EventOf)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed.Count;
    }

    // The hour of an approved review is left out as a whole: what came before it in that hour is forgiven.
    private async Task<List<JudgedSender>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.QueryAsync(
            """
            with counted as (
                select h.organization_id, coalesce(h.domain_id, '00000000-0000-0000-0000-000000000000') as domain_id,
                       sum(h.sent)::bigint as sent, sum(h.hard_bounced)::bigint as hard_bounced, sum(h.complained)::bigint as complained
                from sending_hours h left join sending_limits l on l.organization_id = h.organization_id
                where h.hour > now() - $1::interval and (l.reputation_since is null or h.hour >= l.reputation_since)
                group by grouping sets ((h.organization_id, h.domain_id), (h.organization_id))
            )
            select coalesce(c.organization_id, r.organization_id), coalesce(c.domain_id, r.domain_id),
                   coalesce(c.sent, 0), coalesce(c.hard_bounced, 0), coalesce(c.complained, 0), coalesce(r.status, 'healthy'),
                   r.organization_id is null or (r.sent, r.hard_bounced, r.complained)
                       is distinct from (coalesce(c.sent, 0), coalesce(c.hard_bounced, 0), coalesce(c.complained, 0))
            from counted c full join reputation r on r.organization_id = c.organization_id and r.domain_id = c.domain_id
            order by 1, 2
            """, Map, cancellationToken, options.Value.Window);

    private JudgedSender Map(NpgsqlDataReader row)
    {
        var (sent, hardBounced, complained) = (row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
        var verdict = ReputationVerdict.Of(sent, hardBounced, complained, options.Value.LeastSent);
        var previous = ReputationTexts.Parse(row.GetString(5));
        // Who is stopped sends nothing, and so would look better every day: only a review ends it.
        if (previous == ReputationStatus.Disabled)
            verdict = verdict with { Status = ReputationStatus.Disabled, Score = 0 };
        return new JudgedSender(
            new OrganizationId(row.GetGuid(0)), new DomainId(row.GetGuid(1)), sent, hardBounced, complained, previous, verdict, row.GetBoolean(6));
    }

    private static NpgsqlBatchCommand Write(List<JudgedSender> senders) => Batched.Command(
        """
        insert into reputation as r (organization_id, domain_id, status, score, sent, hard_bounced, complained)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[], $7::bigint[])
        on conflict (organization_id, domain_id) do update
            set status = excluded.status, score = excluded.score, sent = excluded.sent, hard_bounced = excluded.hard_bounced,
                complained = excluded.complained, updated_at = now()
        """,
        Batched.Uuids(senders, sender => sender.Organization.Value),
        Batched.Uuids(senders, sender => sender.Domain.Value),
        Batched.Texts(senders, sender => sender.Verdict.Status.ToText()),
        Batched.Array(senders, sender => (short)sender.Verdict.Score, NpgsqlDbType.Smallint),
        Batched.Array(senders, sender => sender.Sent, NpgsqlDbType.Bigint),
        Batched.Array(senders, sender => sender.HardBounced, NpgsqlDbType.Bigint),
        Batched.Array(senders, sender => sender.Complained, NpgsqlDbType.Bigint));

    private static NpgsqlBatchCommand Changes(List<JudgedSender> senders) => Batched.Command(
        """
        insert into reputation_events (organization_id, id, domain_id, severity, previous, status, score, bounce_rate, complaint_rate)
        select organization_id, uuidv7(), domain_id, severity, previous, status, score, bounce_rate, complaint_rate
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::float8[], $8::float8[])
            as item (organization_id, domain_id, severity, previous, status, score, bounce_rate, complaint_rate)
        """,
        Batched.Uuids(senders, sender => sender.Organization.Value),
        Batched.Uuids(senders, sender => sender.Domain.Value),
        Batched.Texts(senders, sender => sender.Verdict.Status.ToSeverity()),
        Batched.Texts(senders, sender => sender.Previous.ToText()),
        Batched.Texts(senders, sender => sender.Verdict.Status.ToText()),
        Batched.Array(senders, sender => (short)sender.Verdict.Score, NpgsqlDbType.Smallint),
        Batched.Array(senders, sender => sender.Verdict.BounceRate, NpgsqlDbType.Double),
        Batched.Array(senders, sender => sender.Verdict.ComplaintRate, NpgsqlDbType.Double));

    private static NpgsqlBatchCommand Reviews(List<JudgedSender> senders) => Batched.Command(
        """
        insert into sending_limits as l (organization_id, review_state, review_reason, review_requested_at)
        select distinct organization_id, 'pending', 'Sending was stopped because of its reputation.', now() from unnest($1::uuid[]) as item (organization_id)
        order by organization_id
        on conflict (organization_id) do update
            set review_state = 'pending', review_reason = excluded.review_reason, review_requested_at = now()
        """,
        Batched.Uuids(senders, sender => sender.Organization.Value));

    private static NewEvent EventOf(JudgedSender sender)
    {
        var isWhole = sender.Domain.Value == Guid.Empty;
        var data = new ReputationEventData(
            isWhole ? "workspace" : "domain", sender.Previous.ToText(), sender.Verdict.Status.ToText(), sender.Verdict.Score,
            sender.Verdict.BounceRate, sender.Verdict.ComplaintRate);
        return new NewEvent(
            sender.Organization, EventTypes.ReputationChanged, isWhole ? EventResources.Organization : EventResources.Domain,
            isWhole ? sender.Organization.Value : sender.Domain.Value,
            Data: JsonSerializer.Serialize(data, ReputationJson.Default.ReputationEventData));
    }
}

internal sealed record JudgedSender(
    OrganizationId Organization, DomainId Domain, long Sent, long HardBounced, long Complained, ReputationStatus Previous, ReputationVerdict Verdict,
    bool IsFresh);

internal sealed record ReputationEventData(string Scope, string Previous, string Status, int Score, double BounceRate, double ComplaintRate);

/// <summary>What reputation puts into events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReputationEventData))]
internal sealed partial class ReputationJson : JsonSerializerContext;
