using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Tls;
using Mail.Protocol.Dkim;
using Npgsql;

namespace Mail.Core.Domains;

/// <summary>
/// Adds, takes over, switches off and deletes domains, each with its event in one transaction. Who owns a name is looked
/// at across organizations, under a lock on the name.
/// </summary>
public sealed class DomainChangeStore(NpgsqlDataSource database, DkimKeyStore keys, TimeProvider clock)
{
    internal DomainId NewId() => PrefixedId.New<DomainId>(clock);

    /// <param name="isProven">Whether the proof of <see cref="DomainProof"/> was seen in DNS.</param>
    internal async Task<StoredChange> CreateAsync(
        NewDomain domain, DkimKey key, bool isProven, int maxPerOrganization, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DomainStatements.LockNameAsync(connection, domain.Name, cancellationToken);
        if (await FindRefusalAsync(connection, domain, maxPerOrganization, cancellationToken) is { } refusal)
            return refusal;
        var owner = await DomainStatements.FindOwnerAsync(connection, domain.Name, cancellationToken);
        if (owner is not null && (owner.IsBlocked || !isProven))
            return owner.IsBlocked ? StoredChange.Blocked : StoredChange.Held;
        await DomainStatements.ExecuteAsync(connection,
            [.. Dispossession(owner), Insert(domain), InsertKey(domain, key)],
            [.. Lost(owner, domain.Name),
                DomainEvents.Of(EventTypes.DomainCreated, domain.Organization, domain.Id, domain.Name, DomainStatus.Pending)],
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return StoredChange.Done;
    }

    /// <summary>Gives the name to an organization that has proven that it controls it.</summary>
    internal async Task<StoredChange> ClaimAsync(SendingDomain domain, bool isProven, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DomainStatements.LockNameAsync(connection, domain.Name, cancellationToken);
        var owner = await DomainStatements.FindOwnerAsync(connection, domain.Name, cancellationToken);
        if (owner is { IsBlocked: true })
            return StoredChange.Blocked;
        if (owner?.Domain == domain.Id)
            return StoredChange.Done;
        if (owner is not null && !isProven)
            return StoredChange.Held;
        await DomainStatements.ExecuteAsync(connection, [.. Dispossession(owner), Reopen(domain)], [.. Lost(owner, domain.Name)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return StoredChange.Done;
    }

    /// <summary>Deletes a domain and its keys, but not one that the operator switched off: the name would be free again.</summary>
    internal async Task<StoredChange> DeleteAsync(SendingDomain domain, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DomainStatements.LockNameAsync(connection, domain.Name, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            delete from domains
            where organization_id = $1 and id = $2 and (status <> 'disabled' or disabled_reason is not distinct from 'claimed')
            """, connection).With(domain.Organization.Value, domain.Id.Value);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            return StoredChange.Blocked;
        await DomainStatements.ExecuteAsync(connection, [],
            [DomainEvents.Of(EventTypes.DomainDeleted, domain.Organization, domain.Id, domain.Name, domain.Status)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return StoredChange.Done;
    }

    /// <summary>Switches off whoever owns the name, of all organizations. False when nobody does or it is off already.</summary>
    public async Task<bool> DisableAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DomainStatements.LockNameAsync(connection, name, cancellationToken);
        if (await DomainStatements.FindOwnerAsync(connection, name, cancellationToken) is not { IsBlocked: false } owner)
            return false;
        await DomainStatements.ExecuteAsync(connection,
            [DomainStatements.Command(
                """
                update domains set status = 'disabled', disabled_reason = 'operator', failures = 0, failing_since = null, check_token = check_token + 1
                where organization_id = $1 and id = $2
                """, owner.Organization.Value, owner.Domain.Value)],
            [DomainEvents.Of(EventTypes.DomainFailed, owner.Organization, owner.Domain, name, DomainStatus.Disabled, DomainEvents.DisabledByOperator)],
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Lets a domain that the operator switched off be verified again. False when there is none.</summary>
    public async Task<bool> EnableAsync(string name, CancellationToken cancellationToken) => await database.ExecuteAsync(
        """
        update domains set status = 'pending', disabled_reason = null, pending_since = now(), next_check_at = now(), check_token = check_token + 1
        where name = $1 and status = 'disabled' and disabled_reason is distinct from 'claimed'
        """, cancellationToken, name) == 1;

    private static async Task<StoredChange?> FindRefusalAsync(
        NpgsqlConnection connection, NewDomain domain, int maxPerOrganization, CancellationToken cancellationToken)
    {
        // One at a time per organization: of many at once, none gets past the maximum.
        await using (var queue = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('domains of ' || $1::text, 0))", connection))
            await queue.With(domain.Organization.Value).ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select count(*), count(*) filter (where name = $2) from domains where organization_id = $1", connection)
            .With(domain.Organization.Value, domain.Name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(1) > 0 ? StoredChange.Exists : reader.GetInt64(0) >= maxPerOrganization ? StoredChange.TooMany : null;
    }

    private static NpgsqlBatchCommand[] Dispossession(DomainOwner? owner) => owner is null ? [] : [DomainStatements.Dispossess(owner)];

    private static NewEvent[] Lost(DomainOwner? owner, string name) => owner is null
        ? []
        : [DomainEvents.Of(EventTypes.DomainFailed, owner.Organization, owner.Domain, name, DomainStatus.Disabled, DomainEvents.ClaimedByAnother)];

    private static NpgsqlBatchCommand Insert(NewDomain domain) => DomainStatements.Command(
        """
        insert into domains (organization_id, id, name, mail_from_subdomain, tracking_host, next_check_at, tls)
        values ($1, $2, $3, $4, $5, now() + $6, $7)
        """,
        domain.Organization.Value, domain.Id.Value, domain.Name, domain.MailFromSubdomain, domain.TrackingHost, DomainCheckRules.Soon,
        domain.Tls.ToText());

    private NpgsqlBatchCommand InsertKey(NewDomain domain, DkimKey key) => DomainStatements.Command(
        """
        insert into dkim_keys (organization_id, domain_id, selector, algorithm, private_key, public_record, active)
        values ($1, $2, $3, 'rsa', $4, $5, true)
        """,
        domain.Organization.Value, domain.Id.Value, DkimSelectors.First, keys.Seal(domain.Organization, domain.Id, DkimSelectors.First, key),
        key.PublicKeyRecord);

    private static NpgsqlBatchCommand Reopen(SendingDomain domain) => DomainStatements.Command(
        """
        update domains set status = 'pending', disabled_reason = null, pending_since = now(), next_check_at = now(), check_token = check_token + 1
        where organization_id = $1 and id = $2 and status in ('pending', 'disabled')
        """,
        domain.Organization.Value, domain.Id.Value);
}

internal sealed record NewDomain(OrganizationId Organization, DomainId Id, string Name, string MailFromSubdomain, string? TrackingHost, TlsRequirement Tls);

internal enum StoredChange
{
    Done,

    /// <summary>The organization has the domain already.</summary>
    Exists,

    /// <summary>Another organization owns the name.</summary>
    Held,

    /// <summary>The operator switched the domain off.</summary>
    Blocked,

    /// <summary>The organization has as many domains as it may.</summary>
    TooMany,
}
