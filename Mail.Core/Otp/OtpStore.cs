using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Otp;

/// <summary>Reads and settles challenges. All time is the database's.</summary>
public sealed class OtpStore(NpgsqlDataSource database, OtpCode codes)
{
    // A challenge that nobody has settled is over when its time is, or when a newer one took its place.
    private const string Columns =
        """
        c.id, c.message_id, c.address, c.purpose,
        case when c.status <> 'pending' then c.status
             when exists (select from otp_challenges n where n.organization_id = c.organization_id and n.address = c.address
                          and n.purpose = c.purpose and (n.created_at, n.id) > (c.created_at, c.id)) then 'canceled'
             when c.expires_at <= now() then 'expired'
             else 'pending' end as standing,
        c.attempts, c.max_attempts, c.created_at, c.expires_at, c.settled_at
        """;

    public Task<OtpChallenge?> FindAsync(OrganizationId organization, OtpChallengeId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync($"select {Columns} from otp_challenges c where c.organization_id = $1 and c.id = $2",
            Map, cancellationToken, organization.Value, id.Value);

    /// <summary>The challenge whose code a message carries.</summary>
    public Task<OtpChallenge?> OfMessageAsync(OrganizationId organization, MessageId message, CancellationToken cancellationToken) =>
        database.QuerySingleAsync($"select {Columns} from otp_challenges c where c.organization_id = $1 and c.message_id = $2",
            Map, cancellationToken, organization.Value, message.Value);

    /// <summary>Newest first.</summary>
    public Task<List<OtpChallenge>> ListAsync(OrganizationId organization, OtpFilter filter, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select * from (
                select {Columns} from otp_challenges c
                where c.organization_id = $1 and ($2::text is null or c.address = $2) and ($3::text is null or c.purpose = $3)
                  and ($5::uuid is null or c.id < $5)
            ) found
            where ($4::text is null or standing = $4)
            order by id desc limit $6
            """,
            Map, cancellationToken, organization.Value, filter.Address, filter.Purpose, filter.Status?.ToText(), filter.Before?.Value, filter.Count);

    /// <summary>
    /// Shows a code. Right or wrong it is one try, counted under a lock on the challenge, so that parallel tries pass one
    /// after the other and only one of them can be right. Null when there is no such challenge.
    /// </summary>
    public async Task<OtpVerdict?> VerifyAsync(OrganizationId organization, OtpChallengeId id, string code, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, organization, id, cancellationToken) is not var (challenge, hash))
            return null;
        var matches = codes.Matches(id, code, hash);
        if (challenge.Status != OtpStatus.Pending)
            return new OtpVerdict(false, challenge.Status, 0);
        var judged = challenge with { Attempts = challenge.Attempts + 1, Status = Judge(challenge, matches) };
        await SettleAsync(connection, organization, judged, EventOf(judged.Status), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new OtpVerdict(judged.Status == OtpStatus.Verified, judged.Status, judged.AttemptsRemaining);
    }

    /// <summary>Ends a pending challenge. Returns how it stands afterwards; null when there is none.</summary>
    public async Task<OtpChallenge?> CancelAsync(OrganizationId organization, OtpChallengeId id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, organization, id, cancellationToken) is not var (challenge, _))
            return null;
        if (challenge.Status != OtpStatus.Pending)
            return challenge;
        var canceled = challenge with { Status = OtpStatus.Canceled };
        await SettleAsync(connection, organization, canceled, EventOf(canceled.Status), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return canceled;
    }

    /// <summary>Writes down that a new challenge has taken the place of the older ones for its address and purpose.</summary>
    public Task CancelReplacedAsync(OrganizationId organization, OtpChallengeId id, CancellationToken cancellationToken) => SettleOverAsync(
        """
        c.organization_id = $1 and c.id <> $2 and c.status = 'pending'
          and (c.address, c.purpose) = (select address, purpose from otp_challenges where organization_id = $1 and id = $2)
        """,
        cancellationToken, organization.Value, id.Value);

    /// <summary>Writes down what is over: up to <paramref name="count"/> challenges past their time. Across organizations. Returns how many.</summary>
    public Task<int> SettleOverdueAsync(int count, CancellationToken cancellationToken) =>
        SettleOverAsync("c.status = 'pending' and c.expires_at <= now() order by c.expires_at limit $1", cancellationToken, count);

    private async Task<int> SettleOverAsync(string condition, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var over = new List<(OrganizationId Organization, OtpChallenge Challenge)>();
        await using (var command = new NpgsqlCommand(
            $"select {Columns}, c.organization_id from otp_challenges c where {condition} for update of c skip locked", connection).With(parameters))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                over.Add((new OrganizationId(reader.GetGuid(10)), Map(reader)));
        }
        foreach (var (organization, challenge) in over.Where(found => found.Challenge.Status != OtpStatus.Pending))
            await SettleAsync(connection, organization, challenge, EventOf(challenge.Status), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return over.Count;
    }

    /// <summary>Erases the content of up to <paramref name="count"/> mails whose challenge and delivery are over. Across organizations.</summary>
    public Task<int> EraseContentAsync(int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        with done as (
            select c.organization_id, c.id, c.message_id from otp_challenges c
            join messages m on m.organization_id = c.organization_id and m.id = c.message_id
            where c.content_erased_at is null and c.settled_at is not null and m.settled_at is not null
            order by c.settled_at limit $1 for update of c skip locked
        ), erased as (
            update message_contents k set html = null, text = '' from done
            where k.organization_id = done.organization_id and k.message_id = done.message_id
        )
        update otp_challenges c set content_erased_at = now() from done
        where c.organization_id = done.organization_id and c.id = done.id
        """,
        cancellationToken, count);

    private static async Task<(OtpChallenge, byte[])?> LockAsync(
        NpgsqlConnection connection, OrganizationId organization, OtpChallengeId id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns}, c.code_hash from otp_challenges c where c.organization_id = $1 and c.id = $2 for update of c", connection)
            .With(organization.Value, id.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (Map(reader), reader.GetFieldValue<byte[]>(10)) : null;
    }

    private static OtpStatus Judge(OtpChallenge challenge, bool matches)
    {
        if (matches)
            return OtpStatus.Verified;
        return challenge.Attempts + 1 >= challenge.MaxAttempts ? OtpStatus.Failed : OtpStatus.Pending;
    }

    private static string EventOf(OtpStatus status) => status switch
    {
        OtpStatus.Verified => EventTypes.OtpVerified,
        OtpStatus.Failed => EventTypes.OtpFailed,
        OtpStatus.Expired => EventTypes.OtpExpired,
        OtpStatus.Canceled => EventTypes.OtpCanceled,
        _ => EventTypes.OtpFailedAttempt,
    };

    private static async Task SettleAsync(
        NpgsqlConnection connection, OrganizationId organization, OtpChallenge challenge, string eventType, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(OtpStatements.Settle(organization, challenge));
        batch.BatchCommands.Add(EventStatements.Append(
            [OtpEvents.Of(organization, eventType, challenge.Id, challenge.Message, challenge.Address, challenge.Purpose)]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static OtpChallenge Map(NpgsqlDataReader row) => new(
        new OtpChallengeId(row.GetGuid(0)), new MessageId(row.GetGuid(1)), row.GetString(2), row.GetString(3),
        OtpStatusText.Parse(row.GetString(4)), row.GetInt16(5), row.GetInt16(6), row.GetFieldValue<DateTimeOffset>(7),
        row.GetFieldValue<DateTimeOffset>(8), row.GetValueOrNull<DateTimeOffset>(9));
}
