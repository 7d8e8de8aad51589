using System.Buffers;
using Mail.Protocol.Addresses;

namespace Mail.Protocol.Mime;

/// <summary>
/// A mail that was read: structure found, the rest decoded when it is asked for. Reading never fails on what a mail contains; what is
/// wrong with it is told by <see cref="Defects"/>. The mail's memory must stay as it is while this is in use.
/// </summary>
public sealed class MimeMessage
{
    private readonly List<MimeDefect> _defects;
    private MimeBodies? _bodies;

    internal MimeMessage(MimeEntity root, List<MimeDefect> defects)
    {
        Root = root;
        _defects = defects;
    }

    /// <summary>The mail as a part: its header and structure.</summary>
    public MimeEntity Root { get; }

    /// <summary>The fields of the mail.</summary>
    public MimeHeaders Headers => Root.Headers;

    /// <summary>What was wrong so far, each kind once. Bodies that have not been decoded have not been looked at.</summary>
    public IReadOnlyList<MimeDefect> Defects => _defects;

    /// <summary>The authors.</summary>
    public AddressList From => Addresses("From");

    /// <summary>The primary recipients; several fields are taken together.</summary>
    public AddressList To => Addresses("To");

    /// <summary>The copy recipients; several fields are taken together.</summary>
    public AddressList Cc => Addresses("Cc");

    /// <summary>Where answers go.</summary>
    public AddressList ReplyTo => Addresses("Reply-To");

    /// <summary>The decoded subject, or null.</summary>
    public string? Subject => Headers.Value("Subject");

    /// <summary>The date the mail claims to have been written, or null when there is none that can be read.</summary>
    public DateTimeOffset? Date => Headers.Find("Date") is { } f && DateField.TryParse(f.Unfolded, out var date) ? date : null;

    /// <summary>The message id without angle brackets, or null.</summary>
    public string? MessageId => Headers.Find("Message-ID") is { } f ? MessageIdSyntax.ReadList(f.Unfolded).FirstOrDefault() : null;

    /// <summary>The ids this mail answers.</summary>
    public IReadOnlyList<string> InReplyTo => Headers.Find("In-Reply-To") is { } f ? MessageIdSyntax.ReadList(f.Unfolded) : [];

    /// <summary>The ids of the thread, oldest first.</summary>
    public IReadOnlyList<string> References => Headers.Find("References") is { } f ? MessageIdSyntax.ReadList(f.Unfolded) : [];

    /// <summary>The plain text of the mail, or null when it has none.</summary>
    public string? Text => Bodies.Text;

    /// <summary>The HTML of the mail, or null when it has none.</summary>
    public string? Html => Bodies.Html;

    /// <summary>Everything that is not body text: attachments, inline images, messages within the mail.</summary>
    public IReadOnlyList<MimeAttachment> Attachments => Bodies.Attachments;

    private MimeBodies Bodies => _bodies ??= MimeBodies.Select(Root);

    /// <summary>Reads a mail.</summary>
    public static MimeMessage Parse(ReadOnlyMemory<byte> mail, MimeLimits? limits = null) => Parse(new ReadOnlySequence<byte>(mail), limits);

    /// <summary>Reads a mail that lies in several pieces of memory; they are not put together.</summary>
    public static MimeMessage Parse(ReadOnlySequence<byte> mail, MimeLimits? limits = null)
    {
        var defects = new List<MimeDefect>();
        var root = new MimeParser(mail, limits ?? MimeLimits.Default, defects).Parse();
        return new MimeMessage(root, defects);
    }

    private AddressList Addresses(string name)
    {
        var fields = Headers.FindAll(name).ToList();
        return fields.Count == 0 ? AddressList.Empty : AddressListParser.Parse(string.Join(", ", fields.Select(static f => f.Unfolded)));
    }
}
