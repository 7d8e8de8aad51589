using System.Text;
using Mail.Protocol.Addresses;

namespace Mail.Protocol.Mime;

/// <summary>
/// The structure of one outgoing mail, written from top to bottom: mixed ( alternative ( text, related ( html, inline… ) ), attached… ),
/// each level only where it has two parts (RFC 2046 §5.1, RFC 2387).
/// </summary>
internal sealed class MimeLayout
{
    private readonly OutgoingMail _mail;
    private readonly MimeWriterOptions _options;
    private readonly byte[] _boundaryStem;
    private readonly bool _mixed, _alternative, _related;
    private bool _needs8Bit;

    internal MimeLayout(OutgoingMail mail, MimeOutput output, MimeWriterOptions options)
    {
        if (!MessageIdSyntax.IsValid(mail.MessageId)) throw new ArgumentException("Not a message id.", nameof(mail));
        _mail = mail;
        _options = options;
        Output = output;
        foreach (var attachment in mail.Attachments)
            (attachment.Inline && mail.Html is not null ? Inline : Attached).Add(attachment);
        _mixed = Attached.Count > 0;
        _alternative = mail is { Text: not null, Html: not null };
        _related = Inline.Count > 0;
        _boundaryStem = MakeBoundaryStem(mail.BoundarySeed ?? mail.MessageId);
    }

    internal MimeOutput Output { get; }

    internal List<MailAttachment> Inline { get; } = [];

    internal List<MailAttachment> Attached { get; } = [];

    internal MimeWriteResult Result => new(Output.Size, _needs8Bit, NeedsSmtpUtf8(_mail));

    internal void WriteHead()
    {
        TopHeader.Write(Output, _mail);
        if (_mixed && _mail.ReportType is { } report) Open("report"u8, Encoding.ASCII.GetBytes($"; report-type={report}"), "mix"u8); // RFC 8460 §5.3
        else if (_mixed) Open("mixed"u8, default, "mix"u8);
        if (_alternative) Open("alternative"u8, default, "alt"u8);
        if (_mail.Text is not null || _mail.Html is null) WriteText("plain"u8, _mail.Text ?? "");
        if (_alternative) Separate("alt"u8);
        if (_related) Open("related"u8, "; type=\"text/html\""u8, "rel"u8); // RFC 2387 §3.1
        if (_mail.Html is not null) WriteText("html"u8, _mail.Html);
    }

    internal void CloseBodies()
    {
        if (_related) Terminate("rel"u8);
        if (_alternative) Terminate("alt"u8);
    }

    internal void Close()
    {
        if (_mixed) Terminate("mix"u8);
        else if (!Output.AtLineStart) Output.EndLine();
    }

    internal void WriteAttachment(MailAttachment attachment, ReadOnlySpan<byte> content)
    {
        // RFC 2046 §5.2.1: message/rfc822 may not be base64
        if (ContentTypeHeader.IsMessage(attachment.ContentType) && IsSevenBitLines(content))
        {
            WriteAttachmentHeader(attachment, "7bit");
            Output.Write(content);
            return;
        }
        WriteAttachmentHeader(attachment, "base64");
        Base64Lines.Write(Output, content);
    }

    internal void WriteAttachmentHeader(MailAttachment attachment, string encoding)
    {
        Separate(attachment.Inline && _related && Inline.Contains(attachment) ? "rel"u8 : "mix"u8);
        ContentTypeHeader.Write(Output, attachment, allowMessage: encoding == "7bit");
        Output.Write("Content-Transfer-Encoding: "u8);
        Output.WriteUtf8(encoding);
        Output.EndLine();
        Output.Write(attachment.Inline ? "Content-Disposition: inline"u8 : "Content-Disposition: attachment"u8);
        if (attachment.FileName.Length > 0) ParameterWriter.Write(Output, "filename", attachment.FileName); // RFC 2183 §2.3
        Output.EndLine();
        if (attachment.ContentId is { } id && MessageIdSyntax.IsValidContentId(id))
        {
            Output.Write("Content-ID: <"u8); // RFC 2392
            Output.WriteUtf8(id);
            Output.WriteByte((byte)'>');
            Output.EndLine();
        }
        Output.EndLine();
    }

    private void WriteText(ReadOnlySpan<byte> subtype, string text) => _needs8Bit |= TextPart.Write(Output, subtype, text, _options.Allow8Bit);

    private void Open(ReadOnlySpan<byte> subtype, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> level)
    {
        Output.Write("Content-Type: multipart/"u8);
        Output.Write(subtype);
        Output.Write(parameters);
        Output.Write(";\r\n boundary=\""u8);
        WriteBoundary(level);
        Output.Write("\"\r\n\r\n--"u8);
        WriteBoundary(level);
        Output.EndLine();
    }

    private void Separate(ReadOnlySpan<byte> level)
    {
        Output.Write("\r\n--"u8);
        WriteBoundary(level);
        Output.EndLine();
    }

    private void Terminate(ReadOnlySpan<byte> level)
    {
        Output.Write("\r\n--"u8);
        WriteBoundary(level);
        Output.Write("--\r\n"u8);
    }

    private void WriteBoundary(ReadOnlySpan<byte> level)
    {
        Output.Write(_boundaryStem);
        Output.Write(level);
    }

    /// <summary>
    /// "=_" can stand in neither quoted-printable nor base64 (RFC 2045 §6.7), and a 7bit body with such a line is written as
    /// quoted-printable: so no content can contain a boundary, whatever the seed.
    /// </summary>
    private static byte[] MakeBoundaryStem(string seed)
    {
        var hash = 14695981039346656037UL; // FNV-1a, for spread alone
        foreach (var c in seed) hash = (hash ^ c) * 1099511628211UL;
        var stem = new byte[19];
        "=_"u8.CopyTo(stem);
        for (var i = 0; i < 16; i++) stem[2 + i] = (byte)"0123456789abcdef"[(int)(hash >> (60 - 4 * i)) & 15];
        stem[18] = (byte)'_';
        return stem;
    }

    private static bool IsSevenBitLines(ReadOnlySpan<byte> content)
    {
        if (!Ascii.IsValid(content) || content.Contains((byte)0)) return false;
        while (!content.IsEmpty)
        {
            var end = content.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? content : content[..end];
            if (line.Length > 998 || line.StartsWith("--=_"u8)) return false;
            if (end < 0) return true;
            if (!content[end..].StartsWith("\r\n"u8)) return false;
            content = content[(end + 2)..];
        }
        return true;
    }

    private static bool NeedsSmtpUtf8(OutgoingMail mail) =>
        mail.From.Address.NeedsSmtpUtf8 || mail.Sender?.Address.NeedsSmtpUtf8 == true
        || AnyUtf8(mail.To) || AnyUtf8(mail.Cc) || AnyUtf8(mail.ReplyTo);

    private static bool AnyUtf8(IReadOnlyList<Mailbox> mailboxes)
    {
        for (var i = 0; i < mailboxes.Count; i++)
            if (mailboxes[i].Address.NeedsSmtpUtf8) return true;
        return false;
    }
}
