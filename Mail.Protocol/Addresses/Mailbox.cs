using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Mail.Protocol.Addresses;

/// <summary>An entry of an address list: a <see cref="Mailbox"/> or an <see cref="AddressGroup"/> (RFC 5322 §3.4).</summary>
public abstract record AddressListItem
{
    private protected AddressListItem() { }
}

/// <summary>A named list of mailboxes, <c>Name: a@example.com, b@example.com;</c>, often empty (RFC 5322 §3.4).</summary>
/// <param name="Name">The decoded name of the group.</param>
/// <param name="Members">Its mailboxes, in order.</param>
public sealed record AddressGroup(string Name, IReadOnlyList<Mailbox> Members) : AddressListItem;

/// <summary>An address with an optional display name (RFC 5322 §3.4 mailbox).</summary>
public sealed record Mailbox : AddressListItem
{
    /// <summary>The longest display name that is parsed, in UTF-16 units.</summary>
    public const int MaxDisplayName = 998;

    /// <param name="displayName">The name people see, in plain Unicode; null or empty for none. Control characters become spaces.</param>
    /// <param name="address">The address.</param>
    public Mailbox(string? displayName, EmailAddress address)
    {
        DisplayName = WithoutControls(displayName ?? "").Trim() is { Length: > 0 } name ? name : null;
        Address = address;
    }

    /// <summary>The name people see, in plain Unicode and free of control characters, or null.</summary>
    public string? DisplayName { get; }

    /// <summary>The address.</summary>
    public EmailAddress Address { get; }

    /// <summary>
    /// Parses one mailbox as people and programs write it: <c>a@example.com</c>, <c>&lt;a@example.com&gt;</c>, <c>Name &lt;a@example.com&gt;</c>,
    /// <c>"Name, Inc." &lt;a@example.com&gt;</c>; the name may have unquoted commas and dots. The address must be strict.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Mailbox? mailbox, out AddressError error)
    {
        mailbox = null;
        text = text.Trim(" \t");
        string? name = null;
        var addressText = text;
        error = AddressError.None;
        if (text.Length > 0 && text[^1] == '>' && text[0] != '"' | text.LastIndexOf('<') > 0)
        {
            var open = text.LastIndexOf('<');
            if (open < 0) error = AddressError.InvalidPath;
            else if (!TryReadName(text[..open].Trim(" \t"), out name)) error = AddressError.UnbalancedQuote;
            if (error != AddressError.None) return false;
            addressText = text[(open + 1)..^1];
        }
        if (LocalPartSyntax.HasForbidden(name) || name?.Length > MaxDisplayName)
            error = AddressError.ForbiddenCharacter;
        else if (EmailAddress.TryParse(addressText, out var address, out error))
            mailbox = new Mailbox(name, address);
        return mailbox is not null;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Mailbox?, out AddressError)"/>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Mailbox? mailbox, out AddressError error) =>
        TryParse(text.AsSpan(), out mailbox, out error);

    private static bool TryReadName(ReadOnlySpan<char> text, out string name)
    {
        name = text.ToString();
        if (text.IsEmpty || text[0] != '"') return !text.ContainsAny('<', '>', '"');
        var builder = new StringBuilder(text.Length);
        var i = 1;
        for (; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && ++i == text.Length) return false;
            builder.Append(text[i]);
        }
        name = builder.ToString();
        return i == text.Length - 1;
    }

    private static string WithoutControls(string name) =>
        LocalPartSyntax.HasForbidden(name)
            ? string.Concat(name.EnumerateRunes().Select(static r => LocalPartSyntax.HasForbidden(r.ToString()) ? " " : r.ToString()))
            : name;

    /// <summary>The mailbox in readable form, name quoted where needed; not encoded for a header (<see cref="Mime.MimeWriter"/> does that).</summary>
    public override string ToString() =>
        DisplayName is null ? Address.Address : $"\"{DisplayName.Replace("\\", "\\\\").Replace("\"", "\\\"")}\" <{Address.Address}>";
}
