using Mail.Core.Analytics;
using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Suppressions;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.TrackedMail;

/// <summary>Writes what recipients did: their engagement, the events, the counts, in one transaction.</summary>
public sealed class TrackingStore(NpgsqlDataSource database, IOptions<TrackingOptions> options)
{
    /// <summary>Opens and clicks. Of messages that are gone nothing is written.</summary>
    public async Task RecordAsync(IReadOnlyList<TrackingHit> hits, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var known = await FindAsync(connection, [.. hits.Select(KeyOf).Distinct()], cancellationToken);
        var groups = hits.Where(hit => known.ContainsKey(KeyOf(hit))).GroupBy(KeyOf).Select(group => new Engagement(known[group.Key], [.. group])).ToList();
        if (groups.Count == 0)
            return;
        var before = await EngageAsync(connection, groups, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var (events, facts) = TrackingEvents.Of(groups, before, options.Value.MaxPerRecipient);
        batch.BatchCommands.Add(EventStatements.Append(events));
        batch.BatchCommands.Add(AnalyticsStatements.Count(facts));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The address that a token's recipient has; null when the message is gone.</summary>
    public async Task<string?> FindAddressAsync(TrackingTarget target, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var known = await FindAsync(connection, [new EngagementKey(target.Organization.Value, target.Message.Value, target.Recipient)], cancellationToken);
        return known.Values.SingleOrDefault()?.Address;
    }

    /// <summary>Unsubscribes; that counts once, however often it is asked for. False when the message is gone.</summary>
    public async Task<bool> UnsubscribeAsync(TrackingHit hit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var known = await FindAsync(connection, [KeyOf(hit)], cancellationToken);
        if (!known.TryGetValue(KeyOf(hit), out var recipient))
            return false;
        if (await UnsubscribeOnceAsync(connection, recipient, cancellationToken))
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(EventStatements.Append([TrackingEvents.EventOf(EventTypes.MessageUnsubscribed, hit, recipient, isMachine: false)]));
            batch.BatchCommands.Add(AnalyticsStatements.Count(
                [new AnalyticsFact(hit.Target.Organization, hit.Target.Message, recipient.Domain, Metric.Unsubscribed)]));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        // Every time: the address may have been let off the list since. What is done with mail of test keys says nothing about live mail.
        if (recipient.Mode == SendingMode.Live)
            await SuppressionStatements.InsertAsync(connection, [Suppress(hit, recipient)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static NewSuppression Suppress(TrackingHit hit, TrackedRecipient recipient) => new(
        hit.Target.Organization, recipient.Address, AddressKey.OfStored(recipient.Address), SuppressionReason.Unsubscribe,
        SuppressionSource.System, Message: hit.Target.Message);

    private async Task<Dictionary<EngagementKey, TrackedRecipient>> FindAsync(
        NpgsqlConnection connection, List<EngagementKey> keys, CancellationToken cancellationToken)
    {
        var find = Batched.Command(
            """
            select r.organization_id, r.message_id, r.ordinal, r.address, r.domain, r.settled_at is null or r.settled_at > now() - $4,
                   (select mode from messages m where m.organization_id = r.organization_id and m.id = r.message_id)
            from unnest($1::uuid[], $2::uuid[], $3::smallint[]) as item (organization_id, message_id, ordinal)
            cross join lateral (
                select * from message_recipients
                where message_id = item.message_id and organization_id = item.organization_id and ordinal = item.ordinal offset 0
            ) r
            """,
            Batched.Uuids(keys, key => key.Organization),
            Batched.Uuids(keys, key => key.Message),
            Batched.Array(keys, key => key.Recipient, NpgsqlDbType.Smallint),
            new() { Value = options.Value.PrefetchWindow });
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { find } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<EngagementKey, TrackedRecipient>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new EngagementKey(reader.GetGuid(0), reader.GetGuid(1), reader.GetInt16(2));
            found[key] = new TrackedRecipient(key, reader.GetString(3), reader.GetString(4), reader.GetBoolean(5), SendingModeText.Parse(reader.GetString(6)));
        }
        return found;
    }

    // In the order of the key, so that two writers never wait for each other crosswise.
    private static async Task<Dictionary<EngagementKey, EngagementBefore>> EngageAsync(
        NpgsqlConnection connection, List<Engagement> groups, CancellationToken cancellationToken)
    {
        var engage = Batched.Command(
            """
            insert into message_engagement as e (organization_id, message_id, recipient, opens, clicks, opened_at, clicked_at)
            select organization_id, message_id, recipient, opens, clicks, case when opened then now() end, case when clicked then now() end
            from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::integer[], $5::integer[], $6::boolean[], $7::boolean[])
                as item (organization_id, message_id, recipient, opens, clicks, opened, clicked)
            order by message_id, organization_id, recipient
            on conflict (message_id, organization_id, recipient) do update set
                opens = least(e.opens + excluded.opens, 1000000), clicks = least(e.clicks + excluded.clicks, 1000000),
                opened_at = coalesce(e.opened_at, excluded.opened_at), clicked_at = coalesce(e.clicked_at, excluded.clicked_at)
            returning new.organization_id, new.message_id, new.recipient, coalesce(old.opens, 0), coalesce(old.clicks, 0),
                      old.opened_at is null and new.opened_at is not null, old.clicked_at is null and new.clicked_at is not null
            """,
            Batched.Uuids(groups, group => group.Recipient.Key.Organization),
            Batched.Uuids(groups, group => group.Recipient.Key.Message),
            Batched.Array(groups, group => group.Recipient.Key.Recipient, NpgsqlDbType.Smallint),
            Batched.Array(groups, group => group.Count(TrackingAction.Open), NpgsqlDbType.Integer),
            Batched.Array(groups, group => group.Count(TrackingAction.Click), NpgsqlDbType.Integer),
            Batched.Array(groups, group => group.ByPerson(TrackingAction.Open), NpgsqlDbType.Boolean),
            Batched.Array(groups, group => group.ByPerson(TrackingAction.Click), NpgsqlDbType.Boolean));
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { engage } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var before = new Dictionary<EngagementKey, EngagementBefore>();
        while (await reader.ReadAsync(cancellationToken))
        {
            before[new EngagementKey(reader.GetGuid(0), reader.GetGuid(1), reader.GetInt16(2))] =
                new EngagementBefore(reader.GetInt32(3), reader.GetInt32(4), reader.GetBoolean(5), reader.GetBoolean(6));
        }
        return before;
    }

    private static async Task<bool> UnsubscribeOnceAsync(NpgsqlConnection connection, TrackedRecipient recipient, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into message_engagement as e (organization_id, message_id, recipient, unsubscribed_at) values ($1, $2, $3, now())
            on conflict (message_id, organization_id, recipient) do update set unsubscribed_at = excluded.unsubscribed_at
            where e.unsubscribed_at is null
            """, connection).With(recipient.Key.Organization, recipient.Key.Message, recipient.Key.Recipient);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static EngagementKey KeyOf(TrackingHit hit) => new(hit.Target.Organization.Value, hit.Target.Message.Value, hit.Target.Recipient);
}
