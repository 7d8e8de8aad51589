using System.Text;
using Mail.Core.Queue;
using Mail.Protocol.Bounces;
using Mail.Protocol.Smtp;

namespace Mail.Worker.Delivery;

/// <summary>What a server's words, or its silence, mean for a recipient.</summary>
internal static class ReplyClassifier
{
    private const int MaxReplyLength = 1000;
    // RFC 7504 §4: "does not accept mail", the only greeting that speaks of every message to come.
    private const int HostDoesNotAcceptMail = 521;

    public static Verdict Of(SmtpRecipientResult result, SmtpFailure? failure)
    {
        var stage = DeliveryStageText.Of(result.Stage);
        return result.Outcome switch
        {
            SmtpRecipientOutcome.Accepted => Told(DeliveryOutcome.Delivered, stage, DeliveryCause.Accepted, result.Reply),
            SmtpRecipientOutcome.Refused => Explained(Told(OfReply(result.Reply!), stage, DeliveryCause.Reply, result.Reply)),
            SmtpRecipientOutcome.Ambiguous => Of(failure!) with { Outcome = DeliveryOutcome.Uncertain },
            SmtpRecipientOutcome.Failed => Of(failure!),
            _ => throw new ArgumentOutOfRangeException(nameof(result)),
        };
    }

    /// <summary>A failure that no recipient was to blame for.</summary>
    public static Verdict Of(SmtpFailure failure)
    {
        var verdict = Told(
            OfFailure(failure), DeliveryStageText.Of(failure.Stage), DeliveryCauseText.Of(failure.Cause), failure.Reply, failure.Detail);
        return failure.Cause == SmtpCause.Refused ? Explained(verdict) : verdict;
    }

    private static DeliveryOutcome OfFailure(SmtpFailure failure)
    {
        if (failure.IsTransient)
            return DeliveryOutcome.Deferred;
        // Before MAIL a server has seen neither message nor recipient: its "no" is about us or itself, and may pass.
        if (failure.Stage < SmtpStage.MailFrom && failure.Reply?.Code != HostDoesNotAcceptMail)
            return DeliveryOutcome.Deferred;
        return DeliveryOutcome.Bounced;
    }

    private static DeliveryOutcome OfReply(SmtpReply reply) =>
        reply.IsPermanent ? DeliveryOutcome.Bounced : DeliveryOutcome.Deferred;

    private static Verdict Explained(Verdict refusal)
    {
        var explained = BounceClassifier.Default.Classify(new BounceReply(
            refusal.Stage.ToBounceStage(), refusal.SmtpCode, refusal.EnhancedCode, refusal.Reply ?? ""));
        return refusal with { Class = explained.Class, Effect = explained.Effect };
    }

    private static Verdict Told(DeliveryOutcome outcome, DeliveryStage stage, DeliveryCause cause, SmtpReply? reply, string? detail = null) =>
        new(outcome, stage, cause, reply?.Code, reply?.EnhancedCode?.ToString(), Storable(reply?.Text ?? detail));

    // Postgres keeps neither NUL nor half a surrogate pair, and nobody reads the second thousand characters.
    private static string? Storable(string? text)
    {
        if (text is null)
            return null;
        if (text.Length <= MaxReplyLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var kept = new StringBuilder(Math.Min(text.Length, MaxReplyLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > MaxReplyLength)
                break;
            kept.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }
        return kept.ToString();
    }
}
