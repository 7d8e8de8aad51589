namespace Mail.Protocol.Addresses;

/// <summary>
/// Reads the address lists of headers: RFC 5322 §3.4 with the obsolete forms of §4.4 (routes, spaces around dots, empty entries) and what
/// mailers really write (semicolons between addresses, unquoted names, a missing <c>&gt;</c>). Linear in its input; never throws on it.
/// </summary>
public static class AddressListParser
{
    /// <summary>Parses a header's value, folded or not, with encoded words decoded in names.</summary>
    /// <param name="text">The value; octets outside ASCII already decoded.</param>
    /// <param name="limits">How much is read; the defaults when null.</param>
    public static AddressList Parse(ReadOnlySpan<char> text, AddressListLimits? limits = null) =>
        text.IsEmpty ? AddressList.Empty : new AddressListReader(text, limits ?? AddressListLimits.Default).Read();

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, AddressListLimits?)"/>
    public static AddressList Parse(string? text, AddressListLimits? limits = null) => Parse(text.AsSpan(), limits);
}

internal ref struct AddressListReader
{
    private const int MaxUnreadable = 1000;

    private readonly ReadOnlySpan<char> _text;
    private readonly AddressListLimits _limits;
    private readonly List<AddressListItem> _items = [];
    private readonly List<string> _unreadable = [];
    private readonly List<AddressToken> _tokens = [];
    private AddressTokenizer _tokenizer;
    private List<Mailbox>? _members;
    private string _groupName = "";
    private bool _truncated, _hasAddress;
    private int _count;

    internal AddressListReader(ReadOnlySpan<char> text, AddressListLimits limits)
    {
        _truncated = text.Length > limits.MaxCharacters;
        _text = _truncated ? text[..limits.MaxCharacters] : text;
        _limits = limits;
        _tokenizer = new AddressTokenizer(_text);
    }

    internal AddressList Read()
    {
        bool inAngle = false, inRoute = false;
        while (true)
        {
            var token = _tokenizer.Next();
            if (token.Kind == AddressTokenKind.End || _count >= _limits.MaxMailboxes) break;
            switch (token.Special)
            {
                case ',' when !inRoute:
                case ';':
                    EndItem();
                    if (token.Special == ';') EndGroup();
                    inAngle = inRoute = false;
                    break;
                case ':' when !_hasAddress:
                    BeginGroup();
                    break;
                default:
                    inRoute = inAngle && (inRoute || (token.Special == '@' && _tokens[^1].Special == '<')) && token.Special is not (':' or '>');
                    inAngle = token.Special == '<' || (inAngle && token.Special != '>');
                    _hasAddress |= token.Special is '@' or '<';
                    _tokens.Add(token);
                    break;
            }
        }
        _truncated |= _count >= _limits.MaxMailboxes;
        EndItem();
        EndGroup();
        return new AddressList(_items, _unreadable, _truncated);
    }

    /// <summary>A group within a group is not RFC 5322; its members join the outer one.</summary>
    private void BeginGroup()
    {
        if (_members is null)
        {
            _groupName = AddressItemReader.ReadPhrase(_tokenizer, _tokens, 0, _tokens.Count) ?? "";
            _members = [];
        }
        _tokens.Clear();
    }

    private void EndGroup()
    {
        if (_members is null) return;
        _items.Add(new AddressGroup(_groupName, _members));
        _members = null;
        _count++;
    }

    private void EndItem()
    {
        if (_tokens.Exists(static t => t.Kind != AddressTokenKind.Comment) && _count < _limits.MaxMailboxes)
        {
            _count++;
            if (AddressItemReader.TryRead(_tokenizer, _tokens, out var mailbox))
            {
                if (_members is null) _items.Add(mailbox);
                else _members.Add(mailbox);
            }
            else
            {
                var start = _tokens[0].Start;
                var length = Math.Min(_tokens[^1].Start + _tokens[^1].Length - start, MaxUnreadable);
                _unreadable.Add(_text.Slice(start, length).ToString());
            }
        }
        _tokens.Clear();
        _hasAddress = false;
    }
}
