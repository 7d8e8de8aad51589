using System.Diagnostics;
using Mail.Core.ApiKeys;
using Mail.Core.Assets;
using Mail.Core.Ids;
using Mail.Core.Schedules;
using Microsoft.Extensions.Options;

namespace Mail.Core.Messages;

/// <summary>
/// The one way a message enters the system, whatever brought it: REST, batch, schedule, template or submission.
/// An outcome of <see cref="AcceptOutcome.Accepted"/> means that it is committed to disk.
/// </summary>
public sealed class AcceptMessages(
    AcceptChecks checks, AttachmentBlobs blobs, AcceptWriter writer, IOptions<AcceptOptions> options, TimeProvider clock)
{
    /// <summary>Runs every check; stores, counts and tells nothing.</summary>
    public async ValueTask<PrepareOutcome> PrepareAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken) =>
        await checks.LookAsync(caller, message, cancellationToken) switch
        {
            CheckOutcome.Passed passed => new PrepareOutcome.Prepared(
                passed.Message, passed.Domain, await checks.FindSuppressedAsync(caller.Organization, passed.Message, cancellationToken)),
            CheckOutcome.Refused(var reason) => new PrepareOutcome.Refused(reason),
            _ => throw new UnreachableException(),
        };

    /// <exception cref="Npgsql.NpgsqlException">The database is away; the message may have been stored all the same.</exception>
    public async ValueTask<AcceptOutcome> AcceptAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken)
    {
        switch (await checks.RunAsync(caller, ScheduleCompanion.Attach(message, clock), cancellationToken))
        {
            case CheckOutcome.Passed passed:
                return await StoreAsync(caller, passed, cancellationToken);
            case CheckOutcome.Refused(var reason):
                return await FindReplayedAsync(caller, message, reason, cancellationToken) ?? reason;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The outcome of each message, in order: each stands alone. Those that pass share a commit as far as one holds them.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away; any of the messages may have been stored all the same.</exception>
    public async Task<IReadOnlyList<AcceptOutcome>> AcceptManyAsync(
        Caller caller, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) =>
        await Task.WhenAll(messages.Select(message => AcceptAsync(caller, message, cancellationToken).AsTask()));

    // What a limit holds back now may have been accepted before it was reached: its key stands for that.
    private async ValueTask<AcceptOutcome?> FindReplayedAsync(
        Caller caller, OutgoingMessage message, AcceptOutcome.Refusal reason, CancellationToken cancellationToken) =>
        message.Idempotency is { } key && reason is (AcceptOutcome.PaymentRequired or AcceptOutcome.SpendCapReached
            or AcceptOutcome.QuotaExceeded or AcceptOutcome.SendingPaused)
            ? await writer.FindByKeyAsync(caller.Organization, key, cancellationToken)
            : null;

    private async ValueTask<AcceptOutcome> StoreAsync(Caller caller, CheckOutcome.Passed passed, CancellationToken cancellationToken)
    {
        // Before the commit: a message whose bytes are not stored must not be accepted.
        switch (await blobs.StoreAsync(caller.Organization, passed.Message.Attachments, KeepFor(passed.Message), cancellationToken))
        {
            case AttachmentsOutcome.Stored(var attachments):
                var pending = new PendingAccept(
                    caller, PrefixedId.New<MessageId>(clock), passed.Domain, passed.Message, attachments, Activity.Current?.Id);
                return await writer.WriteAsync(pending, cancellationToken);
            case AttachmentsOutcome.Unknown(var positions):
                return new AcceptOutcome.AttachmentNotFound(positions);
            case AttachmentsOutcome.TooLarge(var maxBytes):
                return new AcceptOutcome.AttachmentsTooLarge(maxBytes);
            default:
                throw new UnreachableException();
        }
    }

    // Until the message is given up, and a day more for what is recorded late.
    private TimeSpan KeepFor(OutgoingMessage message)
    {
        var wait = message.SendAt is { } sendAt && sendAt > clock.GetUtcNow() ? sendAt - clock.GetUtcNow() : TimeSpan.Zero;
        return wait + (message.ExpiresIn ?? options.Value.RetryFor) + TimeSpan.FromDays(1);
    }
}
