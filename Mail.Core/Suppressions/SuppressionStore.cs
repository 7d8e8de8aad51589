using System.Runtime.CompilerServices;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Protocol.Addresses;
using Npgsql;

namespace Mail.Core.Suppressions;

/// <summary>The addresses an organization does not send to.</summary>
public sealed class SuppressionStore(NpgsqlDataSource database)
{
    private const string Columns = "id, email, reason, source, metadata, message_id, created_at, expires_at";

    private const int ExportPage = 1000;

    // What has expired is not there; a new suppression takes its row.
    private const string Live = "(expires_at is null or expires_at > now())";

    /// <summary>The new suppression, or null when the address is suppressed already.</summary>
    public async Task<Suppression?> CreateAsync(OrganizationId organization, SuppressionInput input, CancellationToken cancellationToken)
    {
        var created = await InsertAsync([OfUser(organization, input)], cancellationToken);
        return created is [var one] ? await FindAsync(organization, one.Id, cancellationToken) : null;
    }

    /// <summary>Suppresses what is not suppressed yet. Returns the new id of each, in order; null for one that was suppressed already.</summary>
    public async Task<IReadOnlyList<SuppressionId?>> CreateManyAsync(
        OrganizationId organization, IReadOnlyCollection<SuppressionInput> inputs, CancellationToken cancellationToken)
    {
        var created = await InsertAsync([.. inputs.Select(input => OfUser(organization, input))], cancellationToken);
        var ids = created.ToDictionary(one => AddressKey.OfStored(one.Email), one => one.Id);
        // Of an address that stands there twice, the first is the one.
        return [.. inputs.Select(input => ids.Remove(AddressKey.Of(input.Address), out var id) ? id : (SuppressionId?)null)];
    }

    /// <summary>Suppresses an address for a reason of the system's own, such as a click on unsubscribe. Returns whether it is new.</summary>
    public async Task<bool> SuppressAsync(
        OrganizationId organization, EmailAddress address, SuppressionReason reason, MessageId? message, CancellationToken cancellationToken) =>
        (await InsertAsync(
            [new NewSuppression(organization, address.Address, AddressKey.Of(address), reason, SuppressionSource.System, Message: message)],
            cancellationToken)).Count == 1;

    /// <summary>Returns whether there was one.</summary>
    public async Task<bool> DeleteAsync(OrganizationId organization, SuppressionId id, CancellationToken cancellationToken) =>
        (await DeleteManyAsync(organization, [id], [], cancellationToken)).Count == 1;

    /// <summary>Lifts suppressions by id or address. Returns those that there were.</summary>
    public async Task<IReadOnlyList<LiftedSuppression>> DeleteManyAsync(
        OrganizationId organization, IReadOnlyCollection<SuppressionId> ids, IReadOnlyCollection<EmailAddress> addresses,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var deleted = await SuppressionStatements.DeleteAsync(
            connection, organization, ids, [.. addresses.Select(AddressKey.Of)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted.ConvertAll(one => new LiftedSuppression(one.Id, AddressKey.OfStored(one.Email)));
    }

    public Task<Suppression?> FindAsync(OrganizationId organization, SuppressionId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"select {Columns} from suppressions where organization_id = $1 and id = $2 and {Live}",
            Map, cancellationToken, organization.Value, id.Value);

    /// <summary>Newest first, from behind <paramref name="after"/> on.</summary>
    public async Task<List<Suppression>> ListAsync(
        OrganizationId organization, SuppressionFilter filter, SuppressionId? after, int count, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            select {Columns} from suppressions
            where organization_id = $1 and {Live}
              and ($2::uuid is null or id < $2) and {ByAddress(filter)} and ($4::text is null or reason = $4)
              and ($5::text is null or source = $5) and ($6::timestamptz is null or created_at >= $6)
              and ($7::timestamptz is null or created_at < $7)
            order by id desc limit $8
            """);
        command.With(
            organization.Value, after?.Value, filter.Email is { } email ? AddressKey.Of(email) : null, filter.Reason, filter.Source,
            filter.CreatedFrom, filter.CreatedTo, count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Suppression>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(Map(reader));
        return rows;
    }

    /// <summary>All of them, oldest first. No connection is held while the reader is slow.</summary>
    public async IAsyncEnumerable<Suppression> ExportAsync(
        OrganizationId organization, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = new SuppressionId(Guid.Empty);
        List<Suppression> page;
        do
        {
            page = await database.QueryAsync(
                $"select {Columns} from suppressions where organization_id = $1 and {Live} and id > $2 order by id limit $3",
                Map, cancellationToken, organization.Value, last.Value, ExportPage);
            foreach (var suppression in page)
                yield return suppression;
            last = page.LastOrDefault()?.Id ?? last;
        }
        while (page.Count == ExportPage);
    }

    /// <summary>Which of the addresses are suppressed right now.</summary>
    public async Task<HashSet<string>> FindKeysAsync(
        OrganizationId organization, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            $"select address_key from suppressions where organization_id = $1 and address_key = any($2) and {Live}",
            row => row.GetString(0), cancellationToken, organization.Value, keys.ToArray());
        return [.. rows];
    }

    // Looked up, not searched for: one address is asked for far more often than anything else.
    private static string ByAddress(SuppressionFilter filter) => filter.Email is null ? "$3::text is null" : "address_key = $3::text";

    private async Task<List<StoredSuppression>> InsertAsync(List<NewSuppression> suppressions, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var created = await SuppressionStatements.InsertAsync(connection, suppressions, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return created;
    }

    private static NewSuppression OfUser(OrganizationId organization, SuppressionInput input) => new(
        organization, input.Address.Address, AddressKey.Of(input.Address), input.Reason, SuppressionSource.User, input.Metadata, input.ExpiresAt);

    private static Suppression Map(NpgsqlDataReader row) => new(
        new SuppressionId(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetString(3), ContentJson.ReadMap(row.GetStringOrNull(4)),
        row.GetValueOrNull<Guid>(5) is { } message ? new MessageId(message) : null, row.GetFieldValue<DateTimeOffset>(6),
        row.GetValueOrNull<DateTimeOffset>(7));
}
