using System.Collections.Frozen;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.ApiKeys;

public sealed class ApiKeyStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The usable key with this prefix: not revoked, not expired (by database time), organization active.</summary>
    internal Task<StoredApiKey?> FindByPrefixAsync(string prefix, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            """
            select k.organization_id, k.id, k.mode, k.secret_hash, k.scopes, k.domain_restriction
            from api_keys k join organizations o on o.id = k.organization_id
            where k.prefix = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
              and o.status = 'active'
            """,
            Map, cancellationToken, prefix);

    /// <summary>Stores a key, or leaves the existing one of the same name alone. Returns whether it was stored.</summary>
    public async Task<bool> CreateAsync(
        OrganizationId organization, string name, ApiKeyText key, IEnumerable<string> scopes, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            insert into api_keys (organization_id, id, name, mode, prefix, secret_hash, scopes)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict do nothing
            """,
            cancellationToken, organization.Value, PrefixedId.New<ApiKeyId>(clock).Value, name, key.Mode.ToText(), key.Prefix, key.Hash(),
            scopes.ToArray()) == 1;

    /// <summary>Stores a key; one of the same name gets this text instead of its own.</summary>
    internal Task ReplaceAsync(
        OrganizationId organization, string name, ApiKeyText key, IEnumerable<string> scopes, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            insert into api_keys (organization_id, id, name, mode, prefix, secret_hash, scopes)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (organization_id, name) do update
                set mode = excluded.mode, prefix = excluded.prefix, secret_hash = excluded.secret_hash
            """,
            cancellationToken, organization.Value, PrefixedId.New<ApiKeyId>(clock).Value, name, key.Mode.ToText(), key.Prefix, key.Hash(),
            scopes.ToArray());

    private static StoredApiKey Map(NpgsqlDataReader row) => new(
        row.GetFieldValue<byte[]>(3),
        new Caller(new(row.GetGuid(0)), new ApiKeyId(row.GetGuid(1)), SendingModeText.Parse(row.GetString(2)),
            row.GetFieldValue<string[]>(4).ToFrozenSet(), row.GetStringOrNull(5)));
}

internal sealed record StoredApiKey(byte[] Hash, Caller Caller);
