using System.Collections.Frozen;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Templates;
using Mail.Protocol.Bounces;

namespace Mail.Core.Queue;

/// <summary>What one delivery of one queue item came to. Written with <see cref="QueueStore.RecordAsync"/>.</summary>
public sealed record DeliveryRecord
{
    public required QueueLease Lease { get; init; }

    public required OrganizationId Organization { get; init; }

    public required MessageId Message { get; init; }

    public required SendingMode Mode { get; init; }

    public required DomainId SenderDomain { get; init; }

    public TemplateId? Template { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>1 for the first attempt.</summary>
    public required int AttemptNumber { get; init; }

    public required string Worker { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>From acceptance (or release) to the end of this attempt.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>True when the message has no recipients besides those in <see cref="Results"/>, so that its status follows from them.</summary>
    public required bool CoversMessage { get; init; }

    public required IReadOnlyList<RecipientResult> Results { get; init; }

    /// <summary>What was said to the server and by it, as <see cref="Conversation"/> writes it; null when it is not kept.</summary>
    public string? Conversation { get; init; }

    /// <summary>The mail went to the sandbox: it says nothing about sender or address.</summary>
    public bool IsSandbox { get; init; }

    /// <summary>It tells how good the sender's mail and the address are.</summary>
    internal bool IsTelling => Mode == SendingMode.Live && !IsSandbox;

    /// <summary>The attempt failed through our own doing; several in a row end the item.</summary>
    public bool IsFault { get; init; }

    /// <summary>The item is late by now and the sender is to be told, once.</summary>
    public bool IsDelayed { get; init; }

    /// <summary>When the item is due again; null when all its recipients are settled.</summary>
    public TimeSpan? RetryIn { get; init; }
}

/// <param name="Reply">The server's reply text, or our own words when there was none.</param>
/// <param name="Stage">The SMTP stage the attempt ended in, in lower case: <c>connect</c>, <c>rcpt_to</c>, <c>end_of_data</c> …</param>
/// <param name="Cause">Why, as a stable lower-case word: <c>reply</c>, <c>timeout</c>, <c>refused</c> …</param>
public sealed record RecipientResult(
    short Ordinal, string Address, DeliveryOutcome Outcome, string Stage, string Cause, string? MxHost, string? MxAddress,
    string? TlsVersion, string? TlsCipher, int? SmtpCode, string? EnhancedCode, string? Reply)
{
    /// <summary>What TLS was asked for, and by whom: <c>opportunistic</c>, <c>required</c>, <c>mta_sts</c>, <c>dane</c> …</summary>
    public string? TlsPolicy { get; init; }

    /// <summary>How the server's certificate was verified: <c>pkix</c>, <c>dane</c>; null when it was not.</summary>
    public string? TlsVerification { get; init; }

    /// <summary>What was wrong, in the words of RFC 8460 §4.3.</summary>
    public string? TlsProblem { get; init; }

    /// <summary>An uncertain end that is not tried again, because the message must not arrive twice.</summary>
    public bool IsFinal { get; init; }

    /// <summary>It failed because there is no time left for another attempt.</summary>
    public bool HasExpired { get; init; }

    /// <summary>The recipient is tried again, if there is time.</summary>
    internal bool IsOpen => Outcome == DeliveryOutcome.Deferred || (Outcome == DeliveryOutcome.Uncertain && !IsFinal);

    internal MessageStatus Status => Outcome == DeliveryOutcome.Uncertain && IsFinal ? MessageStatus.Failed : Outcome.ToStatus();

    /// <summary>What a refusal means for the address.</summary>
    public BounceEffect Effect { get; init; } = BounceEffect.None;
}

/// <summary>The closed set of ends an attempt can have for one recipient.</summary>
public enum DeliveryOutcome
{
    /// <summary>The next hop answered 250 and has the responsibility.</summary>
    Delivered,

    /// <summary>Not now: tried again later.</summary>
    Deferred,

    /// <summary>Refused for good by the recipient's side.</summary>
    Bounced,

    /// <summary>Given up by us: out of time, or unusable content.</summary>
    Failed,

    /// <summary>The connection died between the final dot and its reply; tried again, unless the message must not arrive twice.</summary>
    Uncertain,
}

public static class DeliveryOutcomeText
{
    public static string ToText(this DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Delivered => "delivered",
        DeliveryOutcome.Deferred => "deferred",
        DeliveryOutcome.Bounced => "bounced",
        DeliveryOutcome.Failed => "failed",
        DeliveryOutcome.Uncertain => "uncertain",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>The state of a recipient after an attempt with this end.</summary>
    public static MessageStatus ToStatus(this DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Delivered => MessageStatus.Sent,
        DeliveryOutcome.Deferred => MessageStatus.Deferred,
        DeliveryOutcome.Bounced => MessageStatus.Bounced,
        DeliveryOutcome.Failed => MessageStatus.Failed,
        DeliveryOutcome.Uncertain => MessageStatus.Deferred,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
