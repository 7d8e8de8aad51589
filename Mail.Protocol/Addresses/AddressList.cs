namespace Mail.Protocol.Addresses;

/// <summary>What an address header says (RFC 5322 §3.4), as far as it can be read.</summary>
/// <param name="Items">Mailboxes and groups in order.</param>
/// <param name="Unreadable">Entries that are no address; each at most 1,000 characters long.</param>
/// <param name="Truncated">True when a limit ended the reading before the text did.</param>
public sealed record AddressList(IReadOnlyList<AddressListItem> Items, IReadOnlyList<string> Unreadable, bool Truncated)
{
    /// <summary>A list without entries.</summary>
    public static AddressList Empty { get; } = new([], [], false);

    /// <summary>All mailboxes in order, those of groups included.</summary>
    public IEnumerable<Mailbox> Mailboxes =>
        Items.SelectMany(item => item switch
        {
            Mailbox mailbox => [mailbox],
            AddressGroup group => group.Members,
            _ => throw new InvalidOperationException("Not an address list item."),
        });
}

/// <summary>How much of an address list is read.</summary>
/// <param name="MaxCharacters">Characters of the header, 1,048,576 by default.</param>
/// <param name="MaxMailboxes">Mailboxes and unreadable entries together, 10,000 by default.</param>
public sealed record AddressListLimits(int MaxCharacters = 1 << 20, int MaxMailboxes = 10_000)
{
    /// <summary>The defaults.</summary>
    public static AddressListLimits Default { get; } = new();
}
