using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Inbound;

/// <summary>Finds the organization a captured mail belongs to. Reads across organizations.</summary>
public sealed class InboxOwnerStore(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private const int Capacity = 10_000;

    private readonly ExpiringCache<string, OrganizationId?> _bySenderDomain = new(clock, Lifetime, Capacity);

    /// <summary>The organizations of messages, by the ids that their signed return paths carried.</summary>
    public async Task<Dictionary<MessageId, OrganizationId>> OfMessagesAsync(
        IReadOnlyCollection<MessageId> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return [];
        var rows = await database.QueryAsync(
            """
            select r.message_id, r.organization_id
            from unnest($1::uuid[]) as item (id)
            join message_recipients r on r.message_id = item.id and r.ordinal = 0
            """,
            row => (Message: new MessageId(row.GetGuid(0)), Organization: new OrganizationId(row.GetGuid(1))), cancellationToken,
            messages.Select(message => message.Value).ToArray());
        return rows.DistinctBy(row => row.Message).ToDictionary(row => row.Message, row => row.Organization);
    }

    /// <summary>True for a message that was sent with a test key.</summary>
    public async Task<bool> IsTestMessageAsync(MessageId message, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            """
            select 1
            from message_recipients r
            join messages m on m.organization_id = r.organization_id and m.id = r.message_id
            where r.message_id = $1 and r.ordinal = 0 and m.mode = 'test'
            """,
            _ => true, cancellationToken, message.Value);
        return rows.Count > 0;
    }

    /// <summary>The organization that owns a domain, or null.</summary>
    public ValueTask<OrganizationId?> OfDomainAsync(string domain, CancellationToken cancellationToken) =>
        _bySenderDomain.GetAsync(domain, LoadAsync, cancellationToken);

    private async Task<OrganizationId?> LoadAsync(string domain, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync("select organization_id from domains where name = $1 order by status = 'verified' desc limit 1",
            row => new OrganizationId(row.GetGuid(0)), cancellationToken, domain);
        return rows.Count == 0 ? null : rows[0];
    }
}
