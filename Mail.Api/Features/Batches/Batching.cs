using System.Diagnostics;
using System.Text.Json;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Batches;
using Mail.Core.Messages;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Api.Features.Batches;

/// <summary>
/// Accepts many messages in one request. The batch is committed first, each item with its message; so a request that
/// breaks off can be repeated with its key, and goes on where it stopped.
/// </summary>
internal sealed partial class Batching(AcceptMessages messages, BatchStore store, IOptions<BatchOptions> options, ILogger<Batching> logger)
{
    /// <summary>The keys of items meet each other in all batches, and those of nothing else.</summary>
    public const string ItemOperation = "batch.item";

    public async Task<BatchAnswer> SendAsync(
        Caller caller, BatchKind kind, IReadOnlyList<MessagePart> items, Idempotency? key, CancellationToken cancellationToken)
    {
        switch (await store.BeginAsync(caller.Organization, kind, items.Count, key, options.Value.Patience, cancellationToken))
        {
            case BatchBeginning.Begun(var batch, var settled):
                // Once begun it is brought to its end, whether or not the client waits for it.
                await AcceptAsync(caller, batch, [.. items.Index().Where(item => !settled.Contains(item.Index))]);
                return new BatchAnswer.Done(await FindAsync(caller, batch, cancellationToken), IsReplayed: false);
            case BatchBeginning.Replayed(var batch):
                return new BatchAnswer.Done(await FindAsync(caller, batch, cancellationToken), IsReplayed: true);
            case BatchBeginning.KeyConflict(var used):
                return new BatchAnswer.Refused(new Problem(ProblemKind.IdempotencyConflict,
                    $"The idempotency key '{used}' was used with another body within the last 24 hours."));
            case BatchBeginning.InProgress(var busy):
                return new BatchAnswer.Refused(new Problem(ProblemKind.IdempotencyInProgress,
                    "The first request with this idempotency key is still being worked on.") { RetryAfter = busy });
            default:
                throw new UnreachableException();
        }
    }

    private async Task<BatchDetails> FindAsync(Caller caller, BatchId batch, CancellationToken cancellationToken) =>
        (await store.FindAsync(caller.Organization, batch, cancellationToken))!;

    private async Task AcceptAsync(Caller caller, BatchId batch, List<(int Index, MessagePart Item)> items)
    {
        var readable = items.FindAll(item => item.Item.Message is not null);
        var outcomes = await messages.AcceptManyAsync(
            caller, readable.ConvertAll(item => MessageOf(batch, item.Index, item.Item)), CancellationToken.None);
        var settled = await Task.WhenAll(readable.Zip(outcomes, (item, outcome) => SettleAsync(batch, item.Index, item.Item.Address, outcome)));
        var unreadable = items.FindAll(item => item.Item.Message is null).Select(item => Rejected(item.Index, item.Item.Address, item.Item.Problem!));
        await store.CompleteAsync(caller.Organization, batch, [.. settled.OfType<SettledItem>(), .. unreadable], CancellationToken.None);
    }

    private static OutgoingMessage MessageOf(BatchId batch, int ordinal, MessagePart item) => item.Message! with
    {
        Source = MessageSource.Batch, Priority = DeliveryPriority.Bulk, Batch = batch,
        Companions = [new BatchItemCompanion(batch, ordinal, item.Address)],
    };

    /// <summary>Null for an item that was committed with its message.</summary>
    private async Task<SettledItem?> SettleAsync(BatchId batch, int ordinal, string? address, Task<AcceptOutcome> accepting)
    {
        try
        {
            return await accepting switch
            {
                AcceptOutcome.Accepted => null,
                AcceptOutcome.Replayed(var id, _) => new SettledItem(ordinal, address, id, null, null, null),
                AcceptOutcome.Refusal refusal => Rejected(ordinal, address, SendRefusals.Of(refusal)),
                _ => throw new UnreachableException(),
            };
        }
        catch (Exception error) when (error is NpgsqlException or Azure.RequestFailedException)
        {
            // The message may have been stored all the same; then its item was too, and stays.
            Log.ItemFailed(logger, batch, ordinal, error);
            return Rejected(ordinal, address, Problem.Unavailable("The item could not be stored. Send it again."));
        }
    }

    private static SettledItem Rejected(int ordinal, string? address, Problem problem) => new(
        ordinal, address, null, problem.Kind.Code, problem.Detail,
        problem.Errors.Count == 0 ? null : JsonSerializer.Serialize(problem.Errors, ApiJson.Default.IReadOnlyListFieldError));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Item {Ordinal} of batch {Batch} could not be stored")]
        public static partial void ItemFailed(ILogger logger, BatchId batch, int ordinal, Exception error);
    }
}

/// <summary>What a batch request came to.</summary>
internal abstract record BatchAnswer
{
    public sealed record Done(BatchDetails Batch, bool IsReplayed) : BatchAnswer;

    public sealed record Refused(Problem Problem) : BatchAnswer;
}
