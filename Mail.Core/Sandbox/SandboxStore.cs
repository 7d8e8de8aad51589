using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Sandbox;

/// <summary>What the sandbox knows of the mail it gets, and what it still has to do about it. Reads across organizations.</summary>
public sealed class SandboxStore(NpgsqlDataSource database)
{
    /// <summary>The recipient of the message that has the address; null when it has none such.</summary>
    public async Task<SandboxRecipient?> FindRecipientAsync(MessageId message, string address, CancellationToken cancellationToken)
    {
        var recipients = await database.QueryAsync(
            "select organization_id, ordinal, address, attempts from message_recipients where message_id = $1 order by ordinal",
            row => new SandboxRecipient(new OrganizationId(row.GetGuid(0)), message, row.GetInt16(1), row.GetString(2), row.GetInt32(3)),
            cancellationToken, message.Value);
        return recipients.Find(recipient => recipient.Address.Equals(address, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Each kind once for a recipient, however often the mail comes.</summary>
    public async Task PlanAsync(IReadOnlyCollection<SandboxFollowUp> followUps, CancellationToken cancellationToken)
    {
        var rows = followUps.ToList();
        if (rows.Count == 0)
            return;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Batched.Command(
            """
            insert into sandbox_follow_ups (organization_id, message_id, recipient, kind, address, return_path, content, due_at)
            select organization_id, message_id, recipient, kind, address, return_path, content, now() + after
            from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::interval[])
                as item (organization_id, message_id, recipient, kind, address, return_path, content, after)
            on conflict (organization_id, message_id, recipient, kind) do nothing
            """,
            Batched.Uuids(rows, row => row.Recipient.Organization.Value),
            Batched.Uuids(rows, row => row.Recipient.Message.Value),
            Batched.Array(rows, row => row.Recipient.Ordinal, NpgsqlTypes.NpgsqlDbType.Smallint),
            Batched.Texts(rows, row => row.Kind.ToText()),
            Batched.Texts(rows, row => row.Recipient.Address),
            Batched.Texts(rows, row => row.ReturnPath),
            Batched.Array(rows, row => row.Content, NpgsqlTypes.NpgsqlDbType.Bytea),
            Batched.Array(rows, row => row.After, NpgsqlTypes.NpgsqlDbType.Interval)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Leases what is due: whose worker dies is due again when the lease is over.</summary>
    public Task<List<ClaimedFollowUp>> ClaimAsync(int count, TimeSpan lease, CancellationToken cancellationToken) => database.QueryAsync(
        """
        with due as (
            select organization_id, message_id, recipient, kind from sandbox_follow_ups
            where due_at <= now() order by due_at limit $1 for update skip locked
        )
        update sandbox_follow_ups f set due_at = now() + $2, tries = f.tries + 1
        from due
        where f.organization_id = due.organization_id and f.message_id = due.message_id and f.recipient = due.recipient and f.kind = due.kind
        returning f.organization_id, f.message_id, f.recipient, f.address, f.kind, f.return_path, f.content, f.tries
        """,
        row => new ClaimedFollowUp(
            new SandboxFollowUp(
                new SandboxRecipient(new OrganizationId(row.GetGuid(0)), new MessageId(row.GetGuid(1)), row.GetInt16(2), row.GetString(3), 0),
                SandboxFollowUpKindText.Parse(row.GetString(4)), row.GetString(5), row.GetFieldValue<byte[]>(6), TimeSpan.Zero),
            row.GetInt32(7)),
        cancellationToken, count, lease);

    /// <summary>It is done, or given up; unless somebody else has claimed it since.</summary>
    public Task EndAsync(ClaimedFollowUp claimed, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from sandbox_follow_ups
        where organization_id = $1 and message_id = $2 and recipient = $3 and kind = $4 and tries = $5
        """,
        cancellationToken, claimed.FollowUp.Recipient.Organization.Value, claimed.FollowUp.Recipient.Message.Value,
        claimed.FollowUp.Recipient.Ordinal, claimed.FollowUp.Kind.ToText(), claimed.Try);
}
