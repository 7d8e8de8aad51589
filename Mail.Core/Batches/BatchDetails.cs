using System.Text.Json;
using Mail.Core.Messages;

namespace Mail.Core.Batches;

public enum BatchKind
{
    Messages,
    Template,
}

/// <param name="Status"><c>processing</c>, <c>accepted</c>, or <c>interrupted</c> when the service stopped in the middle.</param>
/// <param name="Accepted">Items that became messages, or stand for messages accepted before.</param>
/// <param name="Counts">How many of the messages stand where, by status.</param>
public sealed record BatchDetails(
    BatchId Id, BatchKind Kind, string Status, int MessageCount, int Accepted, int Rejected, DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt, IReadOnlyDictionary<string, int> Counts);

/// <summary>What became of one item of a batch: a message, or a reason why there is none.</summary>
/// <param name="Ordinal">Its position in the request, from 0.</param>
/// <param name="Address">The first recipient.</param>
/// <param name="Status">The status of its message now; null without one.</param>
/// <param name="Errors">The fields that are not valid, as stored.</param>
public sealed record BatchItem(
    int Ordinal, string? Address, MessageId? Message, MessageStatus? Status, bool Replayed, string? Code, string? Error, JsonElement? Errors);

/// <summary>An item that has no message of its own to be committed with.</summary>
public sealed record SettledItem(int Ordinal, string? Address, MessageId? Replayed, string? Code, string? Error, string? ErrorsJson);

/// <summary>What beginning a batch came to.</summary>
public abstract record BatchBeginning
{
    private BatchBeginning()
    {
    }

    /// <summary>A new batch, or one that was interrupted: the items named are settled already.</summary>
    public sealed record Begun(BatchId Id, IReadOnlySet<int> Settled) : BatchBeginning;

    /// <summary>The same key and body came before and were answered.</summary>
    public sealed record Replayed(BatchId Id) : BatchBeginning;

    public sealed record KeyConflict(string Key) : BatchBeginning;

    /// <summary>The first request with this key is still being worked on.</summary>
    public sealed record InProgress(TimeSpan RetryAfter) : BatchBeginning;
}

public static class BatchKindText
{
    public static string ToText(this BatchKind kind) => kind switch
    {
        BatchKind.Messages => "messages",
        BatchKind.Template => "template",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static BatchKind Parse(string text) => text switch
    {
        "messages" => BatchKind.Messages,
        "template" => BatchKind.Template,
        _ => throw new FormatException($"'{text}' is no kind of batch."),
    };
}
