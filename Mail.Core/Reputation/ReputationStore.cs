using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Reputation;

/// <summary>Reads what the last roll-up found.</summary>
public sealed class ReputationStore(NpgsqlDataSource database)
{
    /// <summary>The whole organization first (without a domain), then its domains by name. Nothing that was never judged.</summary>
    public Task<List<SenderReputation>> ListAsync(OrganizationId organization, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select d.name, r.status, r.score, r.sent, r.hard_bounced, r.complained, r.updated_at
            from reputation r left join domains d on d.organization_id = r.organization_id and d.id = r.domain_id
            where r.organization_id = $1 and (d.id is not null or r.domain_id = '00000000-0000-0000-0000-000000000000')
            order by d.name nulls first
            """,
            row => new SenderReputation(
                row.GetStringOrNull(0), row.GetString(1), row.GetInt16(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
                row.GetFieldValue<DateTimeOffset>(6)),
            cancellationToken, organization.Value);

    /// <summary>Changes, newest first, from behind <paramref name="after"/> on.</summary>
    public Task<List<ReputationChange>> EventsAsync(
        OrganizationId organization, string? severity, ReputationEventId? after, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select e.id, d.name, e.severity, e.previous, e.status, e.score, e.bounce_rate, e.complaint_rate, e.created_at
            from reputation_events e left join domains d on d.organization_id = e.organization_id and d.id = e.domain_id
            where e.organization_id = $1 and ($2::text is null or e.severity = $2) and ($3::uuid is null or e.id < $3)
            order by e.id desc limit $4
            """,
            row => new ReputationChange(
                new ReputationEventId(row.GetGuid(0)), row.GetStringOrNull(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt16(5),
                row.GetDouble(6), row.GetDouble(7), row.GetFieldValue<DateTimeOffset>(8)),
            cancellationToken, organization.Value, severity, after?.Value, count);
}

public readonly record struct ReputationEventId(Guid Value) : IPrefixedId<ReputationEventId>
{
    public static string Prefix => "rep";

    public static ReputationEventId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}

/// <param name="Domain">Null for the whole organization.</param>
public sealed record SenderReputation(
    string? Domain, string Status, int Score, long Sent, long HardBounced, long Complained, DateTimeOffset UpdatedAt);

/// <param name="Domain">Null for the whole organization, and for a domain that is deleted.</param>
public sealed record ReputationChange(
    ReputationEventId Id, string? Domain, string Severity, string Previous, string Status, int Score, double BounceRate, double ComplaintRate,
    DateTimeOffset CreatedAt);
