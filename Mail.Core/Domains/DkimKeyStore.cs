using System.Security.Cryptography;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Secrets;
using Mail.Protocol.Dkim;
using Npgsql;

namespace Mail.Core.Domains;

/// <summary>The signing keys of a domain; private keys are sealed for the row they stand in.</summary>
public sealed class DkimKeyStore(NpgsqlDataSource database, SecretBox secrets)
{
    /// <summary>Where the private keys stand, for the rotation of the key ring.</summary>
    internal static readonly SealedColumn SealedKeys = new("DKIM keys", "dkim_keys", "private_key",
        ["organization_id", "domain_id", "selector"],
        row => Context(new OrganizationId(row.GetGuid(0)), new DomainId(row.GetGuid(1)), row.GetString(2)));

    /// <summary>The active keys of a sending domain, opened; empty when it has none or is disabled.</summary>
    /// <exception cref="CryptographicException">A key does not open: sealed with another master key, or damaged.</exception>
    public Task<List<SigningKey>> ActiveAsync(OrganizationId organization, string domain, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select k.domain_id, k.selector, k.private_key
            from dkim_keys k
            join domains d on d.organization_id = k.organization_id and d.id = k.domain_id
            where d.organization_id = $1 and d.name = $2 and d.status <> 'disabled' and k.active
            order by k.algorithm
            """,
            row => Open(organization, domain, row), cancellationToken, organization.Value, domain);

    /// <summary>Stores a key as the active one of its algorithm, unless the domain has that selector or an active key already.</summary>
    public async Task<bool> CreateAsync(
        OrganizationId organization, DomainId domain, string selector, DkimKey key, CancellationToken cancellationToken)
    {
        var sealedKey = Seal(organization, domain, selector, key);
        return await database.ExecuteAsync(
            """
            insert into dkim_keys (organization_id, domain_id, selector, algorithm, private_key, public_record, active)
            values ($1, $2, $3, $4, $5, $6, true)
            on conflict do nothing
            """,
            cancellationToken, organization.Value, domain.Value, selector, key.Type == DkimKeyType.Rsa ? "rsa" : "ed25519", sealedKey,
            key.PublicKeyRecord) == 1;
    }

    /// <summary>Stores a key that waits for its record, and has the domain checked soon; one that waits already stays.</summary>
    internal async Task AddPendingAsync(
        OrganizationId organization, DomainId domain, string selector, DkimKey key, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            with added as (
                insert into dkim_keys (organization_id, domain_id, selector, algorithm, private_key, public_record, active)
                select $1, $2, $3, 'rsa', $4, $5, false
                where exists (select from domains where organization_id = $1 and id = $2)
                on conflict do nothing
                returning 1
            )
            update domains set check_token = check_token + 1, next_check_at = case when next_check_at is null then null else now() + $6 end
            where organization_id = $1 and id = $2 and exists (select from added)
            """,
            cancellationToken, organization.Value, domain.Value, selector, Seal(organization, domain, selector, key), key.PublicKeyRecord,
            DomainCheckRules.Soon);

    /// <summary>The TXT value to publish under <c>&lt;selector&gt;._domainkey.&lt;domain&gt;</c>, or null.</summary>
    public async Task<string?> PublicRecordAsync(string domain, string selector, CancellationToken cancellationToken) =>
        await database.QuerySingleAsync(
            """
            select k.public_record
            from dkim_keys k
            join domains d on d.organization_id = k.organization_id and d.id = k.domain_id
            where d.name = $1 and k.selector = $2
            order by d.status = 'verified' desc limit 1
            """,
            row => row.GetString(0), cancellationToken, domain, selector);

    internal byte[] Seal(OrganizationId organization, DomainId domain, string selector, DkimKey key) =>
        secrets.Seal(key.ExportPkcs8(), Context(organization, domain, selector));

    private SigningKey Open(OrganizationId organization, string domain, NpgsqlDataReader row)
    {
        var selector = row.GetString(1);
        var context = Context(organization, new DomainId(row.GetGuid(0)), selector);
        return new SigningKey(domain, selector, DkimKey.ImportPkcs8(secrets.Open(row.GetFieldValue<byte[]>(2), context)));
    }

    private static string Context(OrganizationId organization, DomainId domain, string selector) =>
        $"dkim/{organization}/{domain}/{selector}";
}

public sealed record SigningKey(string Domain, string Selector, DkimKey Key);
