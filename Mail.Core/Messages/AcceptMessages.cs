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
        var (pending, settled) = await PendAsync(caller, message, cancellationToken);
        return pending is null ? settled! : await writer.WriteAsync(pending, cancellationToken);
    }

    /// <summary>
    /// The outcome of each message, in order: each stands alone, and may fail alone as <see cref="AcceptAsync"/> does. All that pass
    /// are one commit.
    /// </summary>
    public async Task<IReadOnlyList<Task<AcceptOutcome>>> AcceptManyAsync(
        Caller caller, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var checkedOnes = messages.Select(message => PendAsync(caller, message, cancellationToken).AsTask()).ToList();
        var pendings = new Dictionary<Task, PendingAccept>();
        await foreach (var one in Task.WhenEach(checkedOnes))
        {
            if (one.IsCompletedSuccessfully && (await one).Pending is { } pending)
                pendings.Add(one, pending);
        }
        var written = pendings.Keys.Zip(writer.WriteTogether(pendings.Values)).ToDictionary();
        return checkedOnes.ConvertAll(one => written.TryGetValue(one, out var outcome) ? outcome : SettledAsync(one));

        static async Task<AcceptOutcome> SettledAsync(Task<(PendingAccept? Pending, AcceptOutcome? Settled)> one) => (await one).Settled!;
    }

    /// <summary>All there is to do before the commit: what is to be stored, or what became of it without.</summary>
    private async ValueTask<(PendingAccept? Pending, AcceptOutcome? Settled)> PendAsync(
        Caller caller, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var (pending, refusal) = await checks.RunAsync(caller, ScheduleCompanion.Attach(message, clock), cancellationToken) switch
        {
            CheckOutcome.Passed passed => await AttachAsync(caller, passed, cancellationToken),
            CheckOutcome.Refused(var reason) => (null, reason),
            _ => throw new UnreachableException(),
        };
        return (pending, refusal is null ? null : await FindReplayedAsync(caller, message, refusal, cancellationToken) ?? refusal);
    }

    // What is refused now may have been accepted before it was: its key stands for that. Who may not send from the domain learns nothing.
    private async ValueTask<AcceptOutcome?> FindReplayedAsync(
        Caller caller, OutgoingMessage message, AcceptOutcome.Refusal reason, CancellationToken cancellationToken) =>
        message.Idempotency is { } key && reason is not AcceptOutcome.DomainNotAllowed
            ? await writer.FindByKeyAsync(caller.Organization, key, cancellationToken)
            : null;

    // Before the commit: a message whose bytes are not stored must not be accepted.
    private async ValueTask<(PendingAccept? Pending, AcceptOutcome.Refusal? Refusal)> AttachAsync(
        Caller caller, CheckOutcome.Passed passed, CancellationToken cancellationToken) =>
        await blobs.StoreAsync(caller.Organization, passed.Message.Attachments, KeepFor(passed.Message), cancellationToken) switch
        {
            AttachmentsOutcome.Stored(var attachments) => (new PendingAccept(
                caller, PrefixedId.New<MessageId>(clock), passed.Domain, passed.Message, attachments, Activity.Current?.Id), null),
            AttachmentsOutcome.Unknown(var positions) => (null, new AcceptOutcome.AttachmentNotFound(positions)),
            AttachmentsOutcome.TooLarge(var maxBytes) => (null, new AcceptOutcome.AttachmentsTooLarge(maxBytes)),
            _ => throw new UnreachableException(),
        };

    // Until the message is given up, and a day more for what is recorded late.
    private TimeSpan KeepFor(OutgoingMessage message)
    {
        var wait = message.SendAt is { } sendAt && sendAt > clock.GetUtcNow() ? sendAt - clock.GetUtcNow() : TimeSpan.Zero;
        return wait + (message.ExpiresIn ?? options.Value.RetryFor) + TimeSpan.FromDays(1);
    }
}
