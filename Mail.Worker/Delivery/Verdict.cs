using Mail.Core.Bounces;
using Mail.Core.Queue;
using Mail.Protocol.Bounces;

namespace Mail.Worker.Delivery;

/// <summary>What an attempt came to for a recipient.</summary>
/// <param name="Reply">The server's words, or ours where there was no server.</param>
internal sealed record Verdict(
    DeliveryOutcome Outcome, DeliveryStage Stage, DeliveryCause Cause, int? SmtpCode = null, string? EnhancedCode = null, string? Reply = null)
{
    /// <summary>What a refusal is about, as far as the rules know.</summary>
    public BounceClass Class { get; init; } = BounceClass.Undetermined;

    /// <summary>What a refusal means for the address.</summary>
    public BounceEffect Effect { get; init; } = BounceEffect.None;

    /// <summary>The server could be spoken to, but not as this mail needs it.</summary>
    public bool IsTlsPolicy => Cause is DeliveryCause.TlsRequired or DeliveryCause.MtaStsPolicy or DeliveryCause.DanePolicy;

    /// <summary>Why, in one word that stays the same.</summary>
    public string CauseText => Class == BounceClass.Undetermined ? Cause.ToText() : Class.ToText();
}

/// <summary>The server an attempt ended at, as the record shows it.</summary>
internal sealed record Peer(string? Host, string? Address, string? TlsVersion, string? TlsCipher)
{
    public static Peer None { get; } = new(null, null, null, null);

    /// <summary>What TLS was asked for, and by whom.</summary>
    public string? TlsPolicy { get; init; }

    /// <summary>How its certificate was verified; null when it was not.</summary>
    public string? TlsVerification { get; init; }

    /// <summary>What was wrong, in the words of RFC 8460 §4.3.</summary>
    public string? TlsProblem { get; init; }

    /// <summary>The same server for a message with other needs.</summary>
    public Peer Under(string policy) => TlsPolicy == policy ? this : this with { TlsPolicy = policy };
}

/// <summary>What an attempt came to.</summary>
internal abstract record Attempt
{
    private Attempt()
    {
    }

    /// <summary>To be recorded: one verdict for each open recipient, in their order.</summary>
    public sealed record Ended(IReadOnlyList<Verdict> Verdicts, Peer Peer) : Attempt
    {
        public static Ended ForAll(int recipients, Verdict verdict, Peer? peer = null) =>
            new([.. Enumerable.Repeat(verdict, recipients)], peer ?? Peer.None);
    }

    /// <summary>Cut by us before the server could have the message: nothing happened that deserves a record.</summary>
    public sealed record Abandoned : Attempt;
}
