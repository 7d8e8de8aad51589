using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Batches;

internal static class BatchStatements
{
    /// <summary>The code of an item that nobody came to.</summary>
    public const string Interrupted = "interrupted";

    // No "on conflict": an item that is settled already takes its message with it, and nothing is accepted twice.
    public static NpgsqlBatchCommand Items(IReadOnlyList<CompanionRow> companions)
    {
        var rows = companions.Select(row => (row.Organization, row.Message, Item: (BatchItemCompanion)row.Companion)).ToList();
        return Batched.Command(
            """
            insert into batch_items (organization_id, batch_id, ordinal, address, message_id)
            select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::uuid[])
            """,
            Batched.Uuids(rows, row => row.Organization.Value),
            Batched.Uuids(rows, row => row.Item.Batch.Value),
            Batched.Array(rows, row => row.Item.Ordinal, NpgsqlDbType.Integer),
            Batched.Texts(rows, row => row.Item.Address),
            Batched.Uuids(rows, row => row.Message.Value));
    }

    public static NpgsqlBatchCommand Settled(OrganizationId organization, BatchId batch, List<SettledItem> items) => Batched.Command(
        """
        insert into batch_items (organization_id, batch_id, ordinal, address, message_id, replayed, code, error, errors)
        select $1, $2, ordinal, address, message_id, message_id is not null, code, error, errors::jsonb
        from unnest($3::integer[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[])
            as item (ordinal, address, message_id, code, error, errors)
        on conflict do nothing
        """,
        new NpgsqlParameter { Value = organization.Value },
        new NpgsqlParameter { Value = batch.Value },
        Batched.Array(items, item => item.Ordinal, NpgsqlDbType.Integer),
        Batched.Texts(items, item => item.Address),
        Batched.Array(items, item => item.Replayed?.Value, NpgsqlDbType.Uuid),
        Batched.Texts(items, item => item.Code),
        Batched.Texts(items, item => item.Error),
        Batched.Texts(items, item => item.ErrorsJson));

    public static NpgsqlBatchCommand Complete(OrganizationId organization, BatchId batch) => new(
        """
        update batches set status = 'accepted', completed_at = now()
        where organization_id = $1 and id = $2 and status = 'processing'
          and (select count(*) from batch_items where organization_id = $1 and batch_id = $2) = message_count
        """)
    {
        Parameters = { new() { Value = organization.Value }, new() { Value = batch.Value } },
    };
}
