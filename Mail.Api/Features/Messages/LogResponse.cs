using Mail.Core.Messages;
using Mail.Core.Queue;

namespace Mail.Api.Features.Messages;

/// <summary>What was said in one attempt.</summary>
/// <param name="Number">Of the attempt.</param>
/// <param name="Recipients">Whom it was about.</param>
public sealed record LogResponse(int Number, IReadOnlyList<string> Recipients, DateTimeOffset StartedAt, IReadOnlyList<LogLineResponse> Lines)
{
    internal static LogResponse Of(DeliveryLog log) => new(log.Number, log.Recipients, log.StartedAt, [.. log.Lines.Select(LogLineResponse.Of)]);
}

/// <param name="Speaker"><c>client</c>: this service; <c>server</c>; <c>note</c>: a remark on what happened.</param>
public sealed record LogLineResponse(DateTimeOffset At, string Speaker, string Stage, string Text)
{
    internal static LogLineResponse Of(ConversationLine line) => new(line.At, TextOf(line.Speaker), line.Stage, line.Text);

    private static string TextOf(Core.Queue.Speaker speaker) => speaker switch
    {
        Core.Queue.Speaker.Client => "client",
        Core.Queue.Speaker.Server => "server",
        Core.Queue.Speaker.Note => "note",
        _ => throw new ArgumentOutOfRangeException(nameof(speaker)),
    };
}
