using System.Collections.Frozen;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.ApiKeys;

public sealed class ApiKeyStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns =
        """
        id, name, mode, prefix, scopes, domain_restriction,
        revoked_at is null and (expires_at is null or expires_at > now()), created_at, expires_at, revoked_at, last_used_at
        """;

    /// <summary>The key with this prefix, if it is neither revoked nor expired (by database time).</summary>
    internal Task<StoredApiKey?> FindByPrefixAsync(string prefix, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            """
            select k.organization_id, k.id, k.mode, k.secret_hash, k.scopes, k.domain_restriction, o.status <> 'active'
            from api_keys k join organizations o on o.id = k.organization_id
            where k.prefix = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
            """,
            Map, cancellationToken, prefix);

    /// <summary>The keys of an organization, newest first, from behind <paramref name="after"/> on.</summary>
    public Task<List<ApiKeyDetails>> ListAsync(OrganizationId organization, ApiKeyId? after, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {Columns} from api_keys
            where organization_id = $1 and id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            order by id desc limit $3
            """,
            MapDetails, cancellationToken, organization.Value, after?.Value, count);

    public Task<ApiKeyDetails?> FindAsync(OrganizationId organization, ApiKeyId key, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns} from api_keys where organization_id = $1 and id = $2", MapDetails, cancellationToken, organization.Value, key.Value);

    internal async Task<InsertedKey> InsertAsync(
        OrganizationId organization, NewApiKey wanted, ApiKeyText text, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await database.QuerySingleAsync(
                $"""
                insert into api_keys (organization_id, id, name, mode, prefix, secret_hash, scopes, domain_restriction, expires_at)
                select $1, $2, $3, $4, $5, $6, $7, $8::text, $9::timestamptz where $9::timestamptz is null or $9::timestamptz > now()
                returning {Columns}
                """,
                MapDetails, cancellationToken, organization.Value, PrefixedId.New<ApiKeyId>(clock).Value, wanted.Name, wanted.Mode.ToText(),
                text.Prefix, text.Hash(), wanted.Scopes.ToArray(), wanted.Domain, wanted.ExpiresAt?.ToUniversalTime());
            return stored is null ? new InsertedKey.ExpiryPassed() : new InsertedKey.Stored(stored);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return error.ConstraintName == "api_keys_prefix_key" ? new InsertedKey.PrefixTaken() : new InsertedKey.NameTaken();
        }
    }

    /// <summary>The prefix of the key, which is revoked now; null when the organization has no such key.</summary>
    internal async Task<string?> RevokeAsync(OrganizationId organization, ApiKeyId key, CancellationToken cancellationToken) =>
        await database.QuerySingleAsync(
            """
            update api_keys set revoked_at = coalesce(revoked_at, now())
            where organization_id = $1 and id = $2
            returning prefix
            """,
            row => row.GetString(0), cancellationToken, organization.Value, key.Value);

    /// <summary>Stores a key, or leaves the existing one of the same name alone. Returns whether it was stored.</summary>
    public async Task<bool> CreateAsync(
        OrganizationId organization, string name, ApiKeyText key, IEnumerable<string> scopes, CancellationToken cancellationToken) =>
        await InsertAsync(organization, new NewApiKey(name, key.Mode, [.. scopes]), key, cancellationToken) is InsertedKey.Stored;

    /// <summary>Stores a key; one of the same name gets this text instead of its own.</summary>
    internal Task ReplaceAsync(
        OrganizationId organization, string name, ApiKeyText key, IEnumerable<string> scopes, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            insert into api_keys (organization_id, id, name, mode, prefix, secret_hash, scopes)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (organization_id, name) where revoked_at is null do update
                set mode = excluded.mode, prefix = excluded.prefix, secret_hash = excluded.secret_hash
            """,
            cancellationToken, organization.Value, PrefixedId.New<ApiKeyId>(clock).Value, name, key.Mode.ToText(), key.Prefix, key.Hash(),
            scopes.ToArray());

    /// <summary>Writes when keys were last used, of many organizations at once; a time within a minute of the stored one is not worth a row.</summary>
    internal Task RecordUseAsync(List<(OrganizationId Organization, ApiKeyId Key, DateTimeOffset At)> uses, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            update api_keys k set last_used_at = used.at
            from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as used (organization_id, id, at)
            where k.organization_id = used.organization_id and k.id = used.id
              and (k.last_used_at is null or k.last_used_at < used.at - interval '1 minute')
            """,
            cancellationToken, uses.Select(use => use.Organization.Value).ToArray(), uses.Select(use => use.Key.Value).ToArray(),
            uses.Select(use => use.At).ToArray());

    private static StoredApiKey Map(NpgsqlDataReader row) => new(
        row.GetFieldValue<byte[]>(3),
        new KeyCheck.Valid(new Caller(new(row.GetGuid(0)), new ApiKeyId(row.GetGuid(1)), SendingModeText.Parse(row.GetString(2)),
            row.GetFieldValue<string[]>(4).ToFrozenSet(), row.GetStringOrNull(5))),
        row.GetBoolean(6));

    private static ApiKeyDetails MapDetails(NpgsqlDataReader row) => new(
        new ApiKeyId(row.GetGuid(0)), row.GetString(1), SendingModeText.Parse(row.GetString(2)), row.GetString(3), row.GetFieldValue<string[]>(4),
        row.GetStringOrNull(5), row.GetBoolean(6), row.GetFieldValue<DateTimeOffset>(7), row.GetValueOrNull<DateTimeOffset>(8),
        row.GetValueOrNull<DateTimeOffset>(9), row.GetValueOrNull<DateTimeOffset>(10));
}

/// <param name="Valid">Made once per look-up, not once per request.</param>
internal sealed record StoredApiKey(byte[] Hash, KeyCheck.Valid Valid, bool IsSuspended);

internal abstract record InsertedKey
{
    public sealed record Stored(ApiKeyDetails Key) : InsertedKey;

    public sealed record NameTaken : InsertedKey;

    public sealed record PrefixTaken : InsertedKey;

    public sealed record ExpiryPassed : InsertedKey;
}
