using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Templates;
using Mail.Core.Tls;

namespace Mail.Core.Queue;

/// <summary>A worker's hold on a queue item. Whoever claims the item next gets a higher token, and this one is worth nothing.</summary>
public readonly record struct QueueLease(QueueItemId Item, long Token);

/// <summary>One claimed queue item with all that is needed to deliver it: a message and its open recipients in one domain.</summary>
public sealed record DeliveryJob
{
    public required QueueLease Lease { get; init; }

    public required OrganizationId Organization { get; init; }

    public required MessageId Message { get; init; }

    public required SendingMode Mode { get; init; }

    /// <summary>The recipients' domain, in A-labels.</summary>
    public required string Domain { get; init; }

    /// <summary>Attempts that were made before this one.</summary>
    public required int Attempts { get; init; }

    /// <summary>0 goes before 1 before 2.</summary>
    public short Priority { get; init; } = 1;

    /// <summary>Leases in a row that expired while a worker held the item, and failures of ours.</summary>
    public int Faults { get; init; }

    /// <summary>The transaction of an item that must not be sent twice had begun when its worker was lost.</summary>
    public bool HasStarted { get; init; }

    /// <summary>The sender has been told that it is late.</summary>
    public bool IsDelayed { get; init; }

    public QueueLane Lane => new(Priority, Organization, Mode == SendingMode.Test ? QueueLane.Test : Domain);

    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>How long ago the item was accepted, by database time.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>What is left until the item is given up, by database time; negative when it is over.</summary>
    public required TimeSpan TimeLeft { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? TraceParent { get; init; }

    public required DomainId SenderDomain { get; init; }

    public DeliveryGuarantee Guarantee { get; init; } = DeliveryGuarantee.AtLeastOnce;

    /// <summary>What the message asks for; its domain may need more.</summary>
    public TlsRequirement Tls { get; init; }

    public Tracking Tracking { get; init; } = Tracking.None;

    /// <summary>The mail offers one-click unsubscription (RFC 8058).</summary>
    public bool Unsubscribe { get; init; }

    /// <summary>The one recipient this item is for; null for all in the domain.</summary>
    public short? OnlyRecipient { get; init; }

    public TemplateId? Template { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public required StoredMailbox From { get; init; }

    public required string Subject { get; init; }

    public string? Html { get; init; }

    public string? Text { get; init; }

    public required IReadOnlyList<StoredMailbox> ReplyTo { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required IReadOnlyList<StoredAttachment> Attachments { get; init; }

    /// <summary>All recipients of the message, for its header; see <see cref="Open"/> for those to deliver to.</summary>
    public required IReadOnlyList<JobRecipient> Recipients { get; init; }

    /// <summary>The recipients of this item that are not settled yet.</summary>
    public IEnumerable<JobRecipient> Open => Recipients.Where(recipient =>
        recipient.Domain == Domain && !recipient.IsSettled && (OnlyRecipient is not { } only || recipient.Ordinal == only));
}

/// <param name="Ordinal">Position within the message; with the message id it names the recipient.</param>
public sealed record JobRecipient(short Ordinal, RecipientKind Kind, string Address, string? Name, string Domain, bool IsSettled);
