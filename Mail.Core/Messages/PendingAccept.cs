using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Suppressions;

namespace Mail.Core.Messages;

/// <summary>A message that passed every check and waits for its transaction.</summary>
/// <param name="TraceParent">W3C <c>traceparent</c> of the request, so that the delivery continues its trace.</param>
internal sealed record PendingAccept(
    Caller Caller, MessageId Id, DomainId Domain, OutgoingMessage Message, IReadOnlyList<StoredAttachment> Attachments, string? TraceParent)
{
    private static readonly Dictionary<int, string> None = [];

    /// <summary>Under what the suppression of each recipient would be found.</summary>
    public string[] AddressKeys { get; } = [.. Message.Recipients.Select(recipient => AddressKey.Of(recipient.Mailbox.Address))];

    /// <summary>Ordinals of the recipients that get nothing, with the reason.</summary>
    public IReadOnlyDictionary<int, string> Suppressed { get; init; } = None;

    /// <summary>Approximate size in the transaction.</summary>
    public long Bytes => 500L + (Message.Html?.Length ?? 0) + (Message.Text?.Length ?? 0);

    /// <summary>It waits for its moment: who gets it, and what it costs, is decided then.</summary>
    public bool IsScheduled => Message.SendAt is not null;

    public MessageStatus Status => this switch
    {
        { IsScheduled: true } => MessageStatus.Scheduled,
        _ when Suppressed.Count < Message.Recipients.Count => MessageStatus.Queued,
        _ => MessageStatus.Suppressed,
    };

    public MessageStatus StatusOf(int ordinal) => this switch
    {
        { IsScheduled: true } => MessageStatus.Scheduled,
        _ when Suppressed.ContainsKey(ordinal) => MessageStatus.Suppressed,
        _ => MessageStatus.Queued,
    };

    public IEnumerable<(OutgoingRecipient Recipient, short Ordinal)> Open => Message.Recipients
        .Select((recipient, ordinal) => (recipient, (short)ordinal)).Where(item => !Suppressed.ContainsKey(item.Item2));

    /// <summary>Recipients that limits and billing count.</summary>
    public int Counted => Caller.Mode == SendingMode.Live && !IsScheduled ? Open.Count(item => !item.Recipient.IsSandbox) : 0;
}
