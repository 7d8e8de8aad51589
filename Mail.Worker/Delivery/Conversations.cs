using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Decides which conversations are kept, and writes them.</summary>
internal sealed class Conversations(IOptions<ConversationOptions> options)
{
    /// <summary>Null when it is not kept, or nothing was said.</summary>
    public string? Of(HeldItem item, Attempt.Ended attempt, DateTimeOffset startedAt)
    {
        var isKept = options.Value.Keep == KeptConversations.All
            || attempt.Verdicts.Any(verdict => verdict.Outcome != DeliveryOutcome.Delivered);
        return isKept && item.Transcript is { Entries.Count: > 0 } transcript
            ? Conversation.Write(startedAt, transcript.Entries.Select(LineOf))
            : null;
    }

    private static ConversationLine LineOf(SmtpTranscriptEntry entry) => new(
        entry.At, SpeakerOf(entry.Speaker), DeliveryStageText.Of(entry.Stage).ToText(), entry.Text);

    private static Speaker SpeakerOf(SmtpSpeaker speaker) => speaker switch
    {
        SmtpSpeaker.Client => Speaker.Client,
        SmtpSpeaker.Server => Speaker.Server,
        SmtpSpeaker.Note => Speaker.Note,
        _ => throw new ArgumentOutOfRangeException(nameof(speaker)),
    };
}
