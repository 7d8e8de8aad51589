using System.Text.Json;
using Mail.Core.Domains.Records;
using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Domains;

/// <summary>
/// Hands out domains whose records are due to be looked at, and keeps what was found. A check holds a lease that expires
/// by itself; whoever begins the next check of the domain takes it away. Reads across organizations.
/// </summary>
public sealed class DomainCheckStore(NpgsqlDataSource database)
{
    /// <summary>Leases up to <paramref name="count"/> due domains, the longest due first.</summary>
    public Task<List<DomainCheckLease>> ClaimDueAsync(int count, TimeSpan lease, CancellationToken cancellationToken) => database.QueryAsync(
        $"""
        with due as (
            select organization_id, id from domains
            where next_check_at <= now() and status <> 'disabled' order by next_check_at limit $1 for update skip locked
        ), d as (
            update domains x set next_check_at = now() + $2, check_token = x.check_token + 1
            from due where x.organization_id = due.organization_id and x.id = due.id
            returning x.*
        )
        select {DomainStatements.Columns}, d.check_token from d {DomainStatements.Keys}
        """,
        MapLease, cancellationToken, count, lease);

    /// <summary>Begins a check that somebody asked for; null when there is no such domain or it is disabled.</summary>
    public Task<DomainCheckLease?> BeginAsync(OrganizationId organization, DomainId domain, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"""
            with d as (
                update domains set check_token = check_token + 1
                where organization_id = $1 and id = $2 and status <> 'disabled'
                returning *
            )
            select {DomainStatements.Columns}, d.check_token from d {DomainStatements.Keys}
            """,
            MapLease, cancellationToken, organization.Value, domain.Value);

    /// <summary>Keeps what was found and moves the domain on, with its event. False when the lease was lost, and nothing was kept.</summary>
    internal async Task<DomainCheckOutcome> RecordAsync(DomainCheckLease lease, DomainFindings findings, CancellationToken cancellationToken)
    {
        var domain = lease.Domain;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DomainStatements.LockNameAsync(connection, domain.Name, cancellationToken);
        if (await ReadStateAsync(connection, lease, cancellationToken) is not var (state, now))
            return DomainCheckOutcome.Lost;
        var next = DomainCheckRules.Next(state, findings.Verdict, now);
        var isHeld = next.Status == DomainStatus.Verified && state.Status == DomainStatus.Pending
            && await DomainStatements.FindOwnerAsync(connection, domain.Name, cancellationToken) is not null;
        if (isHeld)
            next = next with { Status = DomainStatus.Pending, NextCheck = DomainCheckRules.Daily };
        await DomainStatements.ExecuteAsync(connection,
            [Update(domain, findings, next), .. Promotion(domain, findings, next), DropRetired(domain)],
            Events(domain, findings, state.Status, next.Status), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return isHeld ? DomainCheckOutcome.Held : DomainCheckOutcome.Kept;
    }

    private static async Task<(DomainState State, DateTimeOffset Now)?> ReadStateAsync(
        NpgsqlConnection connection, DomainCheckLease lease, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select status, pending_since, failures, failing_since, status = 'verified' and next_check_at is null,
                   (select max(created_at) from dkim_keys k where k.organization_id = d.organization_id and k.domain_id = d.id
                        and not active and retires_at is null), now()
            from domains d
            where organization_id = $1 and id = $2 and check_token = $3 and status <> 'disabled'
            for update of d
            """, connection).With(lease.Domain.Organization.Value, lease.Domain.Id.Value, lease.Token);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var state = new DomainState(
            DomainStatusText.Parse(reader.GetString(0)), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt32(2),
            reader.GetValueOrNull<DateTimeOffset>(3), reader.GetBoolean(4), reader.GetValueOrNull<DateTimeOffset>(5));
        return (state, reader.GetFieldValue<DateTimeOffset>(6));
    }

    private static NpgsqlBatchCommand Update(SendingDomain domain, DomainFindings findings, DomainTransition next) => DomainStatements.Command(
        """
        update domains set status = $3, checks = $4::jsonb, last_checked_at = now(), failures = $5, failing_since = $6::timestamptz,
            verified_at = case when $3 = 'verified' and status <> 'verified' then now() else verified_at end,
            next_check_at = now() + $7::interval,
            return_path_verified = coalesce($8::boolean, return_path_verified),
            tracking_verified = coalesce($9::boolean, tracking_verified) and tracking_host is not null
        where organization_id = $1 and id = $2
        """,
        domain.Organization.Value, domain.Id.Value, next.Status.ToText(),
        JsonSerializer.Serialize(findings.Checks, DomainJson.Default.IReadOnlyListRecordCheck), next.Failures,
        next.FailingSince?.ToUniversalTime(), next.NextCheck, findings.ReturnPath, findings.Tracking);

    // The new key signs from here on; the old one stays published for mail that is on its way.
    private static IEnumerable<NpgsqlBatchCommand> Promotion(SendingDomain domain, DomainFindings findings, DomainTransition next)
    {
        if (findings.Promoted is not { } selector || next.Status != DomainStatus.Verified)
            yield break;
        yield return DomainStatements.Command(
            "update dkim_keys set active = false, retires_at = now() + $3 where organization_id = $1 and domain_id = $2 and active and algorithm = 'rsa'",
            domain.Organization.Value, domain.Id.Value, RotateDkim.KeepPublished);
        yield return DomainStatements.Command(
            "update dkim_keys set active = true where organization_id = $1 and domain_id = $2 and selector = $3 and retires_at is null",
            domain.Organization.Value, domain.Id.Value, selector);
    }

    private static NpgsqlBatchCommand DropRetired(SendingDomain domain) => DomainStatements.Command(
        "delete from dkim_keys where organization_id = $1 and domain_id = $2 and retires_at <= now()",
        domain.Organization.Value, domain.Id.Value);

    private static NewEvent[] Events(SendingDomain domain, DomainFindings findings, DomainStatus before, DomainStatus after) =>
        (before, after) switch
        {
            _ when before == after => [],
            (_, DomainStatus.Verified) => [DomainEvents.Of(EventTypes.DomainVerified, domain.Organization, domain.Id, domain.Name, after)],
            (_, DomainStatus.Failed) =>
                [DomainEvents.Of(EventTypes.DomainFailed, domain.Organization, domain.Id, domain.Name, after, DomainEvents.RecordsBroken, findings.Broken)],
            _ => [],
        };

    private static DomainCheckLease MapLease(NpgsqlDataReader row) => new(DomainStatements.Map(row), row.GetInt64(row.FieldCount - 1));
}

/// <param name="Token">What the next check of the domain makes worthless.</param>
public sealed record DomainCheckLease(SendingDomain Domain, long Token);

/// <summary>What one check of a domain found.</summary>
/// <param name="Broken">The required records that are not as they should be.</param>
/// <param name="Promoted">The selector of a new key whose record was seen.</param>
/// <param name="ReturnPath">Whether the domain's own return path can be used; null for as before.</param>
/// <param name="Tracking">Whether the domain's own tracking host can be used; null for as before.</param>
internal sealed record DomainFindings(
    CheckVerdict Verdict, IReadOnlyList<RecordCheck> Checks, IReadOnlyList<string> Broken, string? Promoted, bool? ReturnPath, bool? Tracking);

internal enum DomainCheckOutcome
{
    Kept,

    /// <summary>All records are there, but another organization owns the name.</summary>
    Held,

    /// <summary>Another check began meanwhile, or the domain is gone.</summary>
    Lost,
}
