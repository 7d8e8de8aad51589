using System.Buffers;
using System.Text;
using Mail.Protocol.Addresses;

namespace Mail.Protocol.Mime;

/// <summary>Writes address fields (RFC 5322 §3.6.2, §3.6.3) with names as atoms, quoted strings or encoded words.</summary>
internal static class AddressHeader
{
    private const int MaxQuoted = 60; // longer names are encoded words, which can be folded anywhere

    private static readonly SearchValues<char> AtomText =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ ");

    internal static void Write(MimeOutput output, ReadOnlySpan<byte> field, Mailbox mailbox)
    {
        output.Write(field);
        WriteMailbox(output, mailbox, trailing: 0);
        output.EndLine();
    }

    internal static void Write(MimeOutput output, ReadOnlySpan<byte> field, IReadOnlyList<Mailbox> mailboxes)
    {
        if (mailboxes.Count == 0) return;
        output.Write(field);
        for (var i = 0; i < mailboxes.Count; i++)
        {
            var last = i == mailboxes.Count - 1;
            WriteMailbox(output, mailboxes[i], last ? 0 : 1);
            if (!last) output.WriteByte((byte)',');
        }
        output.EndLine();
    }

    private static void WriteMailbox(MimeOutput output, Mailbox mailbox, int trailing)
    {
        var address = mailbox.Address.Address;
        if (mailbox.DisplayName is null)
        {
            output.SpaceOrFold(Length(address) + trailing);
            output.WriteUtf8(address);
            return;
        }
        WriteName(output, mailbox.DisplayName);
        output.SpaceOrFold(Length(address) + 2 + trailing);
        output.WriteByte((byte)'<');
        output.WriteUtf8(address);
        output.WriteByte((byte)'>');
    }

    private static int Length(string address) => Encoding.UTF8.GetByteCount(address);

    private static void WriteName(MimeOutput output, string name)
    {
        var text = name.AsSpan();
        if (text.Length > MaxQuoted || !HeaderText.IsPrintable(text) || HeaderText.LooksEncoded(text))
        {
            EncodedWords.Write(output, text, " ");
            return;
        }
        // RFC 5322 §3.2.5 phrase: runs of spaces would not survive outside quotes
        if (!text.ContainsAnyExcept(AtomText) && !text.Contains("  ", StringComparison.Ordinal))
        {
            output.SpaceOrFold(text.Length);
            output.WriteUtf8(text);
            return;
        }
        output.SpaceOrFold(text.Length + 2);
        output.WriteByte((byte)'"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') output.WriteByte((byte)'\\');
            output.WriteByte((byte)c);
        }
        output.WriteByte((byte)'"');
    }
}
