using Mail.Core.Ids;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Inbound;

/// <summary>What people write to the postmaster and to abuse@ of our own hosts: kept for the operator, no organization's.</summary>
public sealed class OperatorMailStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns = "id, mail_from, rcpt_to, subject, size, received_at";

    /// <summary>Returns only after the commit.</summary>
    public async Task<OperatorMailId> StoreAsync(string mailFrom, string recipient, string subject, byte[] raw, CancellationToken cancellationToken)
    {
        var id = PrefixedId.New<OperatorMailId>(clock);
        await database.ExecuteAsync(
            "insert into operator_mail (id, mail_from, rcpt_to, subject, size, raw) values ($1, $2, $3, $4, $5, $6)",
            cancellationToken, id.Value, mailFrom, recipient, subject, raw.Length, raw);
        return id;
    }

    /// <summary>Newest first.</summary>
    public Task<List<OperatorMail>> ListAsync(OperatorMailId? before, int count, CancellationToken cancellationToken) => database.QueryAsync(
        $"select {Columns} from operator_mail where id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) order by id desc limit $2",
        row => new OperatorMail(
            new OperatorMailId(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4),
            row.GetFieldValue<DateTimeOffset>(5)),
        cancellationToken, before?.Value, count);

    public Task<byte[]?> FindRawAsync(OperatorMailId id, CancellationToken cancellationToken) => database.QuerySingleAsync(
        "select raw from operator_mail where id = $1", row => row.GetFieldValue<byte[]>(0), cancellationToken, id.Value);

    public async Task<bool> DeleteAsync(OperatorMailId id, CancellationToken cancellationToken) =>
        await database.ExecuteAsync("delete from operator_mail where id = $1", cancellationToken, id.Value) == 1;

    /// <summary>Deletes up to <paramref name="count"/> that are old, or more than are kept. Returns how many.</summary>
    public Task<int> DeleteOldAsync(TimeSpan age, int keep, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        delete from operator_mail where id in (
            select id from operator_mail
            where received_at < now() - $1 or id <= (select id from operator_mail order by id desc offset $2 limit 1)
            order by id limit $3)
        """,
        cancellationToken, age, keep, count);
}

public sealed record OperatorMail(
    OperatorMailId Id, string MailFrom, string RcptTo, string Subject, int Size, DateTimeOffset ReceivedAt);
