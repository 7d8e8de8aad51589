using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Inbound;

/// <summary>What a look at the records of an inbound domain came to.</summary>
internal sealed record InboundDomainFindings(IReadOnlyList<RecordCheck> Checks, bool IsComplete, bool IsConclusive);

/// <summary>
/// Which inbound domains are due to be looked at, what was found, and who takes mail. A check holds a lease that expires by itself; whoever
/// begins the next check of the domain takes it away. Reads across organizations.
/// </summary>
public sealed class InboundDomainCheckStore(NpgsqlDataSource database, TimeProvider clock)
{
    // A zone that loses its records for an hour keeps its mail; one that lost them for hours is somebody else's, or nobody's.
    private const int MostFailures = 6;
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Hourly = TimeSpan.FromHours(1);
    private static readonly TimeSpan Rarely = TimeSpan.FromHours(12);
    private static readonly TimeSpan Impatient = TimeSpan.FromDays(2);

    // What a sender is told at RCPT may be that old.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private const int Capacity = 10_000;

    private readonly ExpiringCache<string, (OrganizationId, string)?> _owners = new(clock, Lifetime, Capacity);

    /// <summary>The organization that takes mail for a domain, and the domain's name; null when nobody does.</summary>
    public ValueTask<(OrganizationId Organization, string Domain)?> FindOwnerAsync(string domain, CancellationToken cancellationToken) =>
        _owners.GetAsync(domain.ToLowerInvariant(), LoadOwnerAsync, cancellationToken);

    /// <summary>Leases up to <paramref name="count"/> due domains, the longest due first.</summary>
    public Task<List<InboundDomainCheckLease>> ClaimDueAsync(int count, TimeSpan lease, CancellationToken cancellationToken) => database.QueryAsync(
        $"""
        with due as (
            select organization_id, id from inbound_domains where next_check_at <= now() order by next_check_at limit $1 for update skip locked
        )
        update inbound_domains d set next_check_at = now() + $2, check_token = check_token + 1
        from due where d.organization_id = due.organization_id and d.id = due.id
        returning {InboundDomainStore.Columns}, d.check_token
        """,
        MapLease, cancellationToken, count, lease);

    /// <summary>Begins a check that somebody asked for; null when there is no such domain.</summary>
    public Task<InboundDomainCheckLease?> BeginAsync(OrganizationId organization, InboundDomainId domain, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"""
            update inbound_domains d set check_token = check_token + 1
            where organization_id = $1 and id = $2
            returning {InboundDomainStore.Columns}, d.check_token
            """,
            MapLease, cancellationToken, organization.Value, domain.Value);

    /// <summary>Keeps what was found, with its event, unless the lease was lost. While another organization has the name the domain stays as it is.</summary>
    internal async Task<DomainCheckOutcome> RecordAsync(InboundDomainCheckLease lease, InboundDomainFindings findings, CancellationToken cancellationToken)
    {
        var domain = lease.Domain;
        await using var work = await UnitOfWork.BeginAsync(database, cancellationToken);
        // Of several organizations that prove a name at the same moment, the second sees the first.
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('inbound domain ' || $1, 0))", cancellationToken, domain.Name);
        var others = await work.QueryAsync(
            "select 1 from inbound_domains where name = $1 and status = 'verified' and (organization_id, id) <> ($2, $3)",
            _ => true, cancellationToken, domain.Name, domain.Organization.Value, domain.Id.Value);
        var isHeld = findings.IsComplete && others.Count > 0;
        var moved = await work.QueryAsync(
            """
            update inbound_domains set checks = $3::jsonb, last_checked_at = now(),
                status = case when $4 then 'verified' when status = 'verified' and $5 and failures + 1 >= $6 then 'failed' else status end,
                verified_at = case when $4 and status <> 'verified' then now() else verified_at end,
                failures = case when $4 then 0 when $5 then failures + 1 else failures end,
                next_check_at = now() + case
                    when $4 then $9::interval when status = 'verified' or created_at < now() - $10::interval then $8::interval else $7::interval end
            where organization_id = $1 and id = $2 and check_token = $11
            returning old.status, new.status
            """,
            row => InboundDomainEvents.Of(
                domain, InboundDomainStatusText.Parse(row.GetString(0)), InboundDomainStatusText.Parse(row.GetString(1)), findings),
            cancellationToken, domain.Organization.Value, domain.Id.Value, InboundDomainStore.Serialize(findings.Checks),
            findings.IsComplete && !isHeld, findings.IsConclusive, MostFailures, Soon, Hourly, Rarely, Impatient, lease.Token);
        foreach (var happened in moved.OfType<NewEvent>())
            await work.AppendAsync(happened, cancellationToken);
        await work.CommitAsync(cancellationToken);
        return moved.Count == 0 ? DomainCheckOutcome.Lost : isHeld ? DomainCheckOutcome.Held : DomainCheckOutcome.Kept;
    }

    private async Task<(OrganizationId, string)?> LoadOwnerAsync(string domain, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select organization_id, name from inbound_domains where name = $1 and status = 'verified'",
            row => (new OrganizationId(row.GetGuid(0)), row.GetString(1)), cancellationToken, domain);
        return rows.Count == 0 ? null : rows[0];
    }

    private static InboundDomainCheckLease MapLease(NpgsqlDataReader row) => new(InboundDomainStore.Map(row), row.GetInt64(row.FieldCount - 1));
}

/// <param name="Token">What the next check of the domain makes worthless.</param>
public sealed record InboundDomainCheckLease(InboundDomain Domain, long Token);
