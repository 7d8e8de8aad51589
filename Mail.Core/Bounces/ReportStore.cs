using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Sandbox;
using Mail.Core.Suppressions;
using Mail.Protocol.Bounces;
using Npgsql;

namespace Mail.Core.Bounces;

/// <summary>
/// Takes bounces and complaints that arrive after the delivery: each counts once for a message and recipient, however
/// often it is reported. The organization is that of the message; nobody who reports names it.
/// </summary>
public sealed class ReportStore(NpgsqlDataSource database, SandboxDomain sandbox)
{
    /// <summary>The recipient is bounced, its address suppressed if it is bad, and all of it told.</summary>
    public async Task<ReportOutcome> RecordBounceAsync(BounceReport report, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, report.Message, report.Recipient, cancellationToken) is not { } recipient)
            return ReportOutcome.Unknown;
        if (!await connection.ExecuteAsync(ReportStatements.InsertBounce(recipient, report), cancellationToken))
            return ReportOutcome.AlreadyKnown;
        await connection.ExecuteAsync(ReportStatements.Bounce(recipient, report), cancellationToken);
        if (recipient.IsTelling)
            await SuppressAsync(connection, recipient, report, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ReportOutcome.Recorded;
    }

    /// <summary>The address is suppressed, and all of it told; the state of the recipient stays.</summary>
    public async Task<ReportOutcome> RecordComplaintAsync(ComplaintReport report, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, report.Message, report.Recipient, cancellationToken) is not { } recipient)
            return ReportOutcome.Unknown;
        if (!await connection.ExecuteAsync(ReportStatements.InsertComplaint(recipient, report), cancellationToken))
            return ReportOutcome.AlreadyKnown;
        await connection.ExecuteAsync(ReportStatements.Complain(recipient, report), cancellationToken);
        if (recipient.IsTelling)
        {
            await SuppressionStatements.InsertAsync(connection,
                [recipient.Suppress(SuppressionReason.Complaint, SuppressionSource.FutureComplaintProcessor)], cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return ReportOutcome.Recorded;
    }

    private static async Task SuppressAsync(
        NpgsqlConnection connection, ReportedMessage recipient, BounceReport report, CancellationToken cancellationToken)
    {
        List<NewSuppression> suppressions = report.Effect switch
        {
            BounceEffect.Hard => [recipient.Suppress(SuppressionReason.HardBounce, SuppressionSource.BounceProcessor)],
            BounceEffect.Soft => await SoftBounceStatements.CountAsync(
                connection, [new SoftBounce(recipient.Organization, recipient.Address, recipient.Key, recipient.Message)], cancellationToken),
            BounceEffect.Infrastructure or BounceEffect.None => [],
            _ => throw new ArgumentOutOfRangeException(nameof(report)),
        };
        await SuppressionStatements.InsertAsync(connection, suppressions, cancellationToken);
    }

    // The message is locked: reports of its recipients wait for each other, and the later one sees what the earlier did.
    private async Task<ReportedMessage?> FindAsync(
        NpgsqlConnection connection, MessageId message, ReportedRecipient wanted, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select m.organization_id, m.domain_id, m.mode, r.ordinal, r.address
            from (select distinct organization_id from message_recipients where message_id = $1) owner
            join messages m on m.organization_id = owner.organization_id and m.id = $1
            join message_recipients r on r.message_id = m.id and r.organization_id = m.organization_id
            order by r.ordinal for no key update of m
            """, connection);
        command.With(message.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<ReportedMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new ReportedMessage(
                new OrganizationId(reader.GetGuid(0)), message, new DomainId(reader.GetGuid(1)), SendingModeText.Parse(reader.GetString(2)),
                reader.GetInt16(3), reader.GetString(4)) { IsSandbox = sandbox.HasAddress(reader.GetString(4)) });
        }
        return Choose(found, wanted);
    }

    private static ReportedMessage? Choose(List<ReportedMessage> recipients, ReportedRecipient wanted)
    {
        if (wanted.Ordinal is { } ordinal)
            return recipients.Find(recipient => recipient.Ordinal == ordinal);
        if (wanted.Address is { } address)
        {
            var key = AddressKey.Of(address);
            return recipients.Find(recipient => recipient.Key == key);
        }
        return recipients is [var only] ? only : null;
    }
}

/// <summary>The recipient that a report is about.</summary>
internal sealed record ReportedMessage(
    OrganizationId Organization, MessageId Message, DomainId Domain, SendingMode Mode, short Ordinal, string Address)
{
    public string Key { get; } = AddressKey.OfStored(Address);

    /// <summary>Of the sandbox: it says nothing about sender or address.</summary>
    public bool IsSandbox { get; init; }

    public bool IsTelling => Mode == SendingMode.Live && !IsSandbox;

    public string RecipientDomain => Address[(Address.LastIndexOf('@') + 1)..];

    public NewSuppression Suppress(SuppressionReason reason, SuppressionSource source) =>
        new(Organization, Address, Key, reason, source, Message: Message);
}
