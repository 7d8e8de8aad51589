using System.Buffers;
using System.Text;
using Mail.Core.Templates.PlainText;
using Mail.Core.Text;
using Mail.Protocol.Mime;

namespace Mail.Core.Inbound;

/// <summary>A mail to be stored in the dev inbox.</summary>
public sealed class CapturedMail
{
    private const int MaxAddressLength = 320;
    private const int MaxAddresses = 100;
    private const int MaxSearchedText = 65_536;
    private const int MaxConvertedHtml = 4 * MaxSearchedText;
    // A list shows no more of a mail than its header.
    private const int MaxHeadBytes = 65_536;
    private static readonly MimeLimits Limits = MimeLimits.Default with { MaxTextBytes = MaxConvertedHtml };

    /// <param name="recipients">Of the envelope; each gets a mail of its own.</param>
    /// <param name="raw">The octets as received, with the Return-Path and Received fields in front. Not needed any more afterwards.</param>
    /// <param name="blob">Where they are in blob storage; null when they are small.</param>
    public CapturedMail(
        string mailFrom, IReadOnlyList<string> recipients, InboxAuthentication authentication, ReadOnlySequence<byte> raw, string? blob = null)
    {
        var message = MimeMessage.Parse(raw, Limits);
        (MailFrom, Recipients, Authentication, Blob) = (mailFrom, recipients, authentication, blob);
        Size = checked((int)raw.Length);
        Inline = (blob is null ? raw : raw.Slice(0, Math.Min(raw.Length, MaxHeadBytes))).ToArray();
        Subject = InboundReading.SubjectOf(message);
        HeaderFrom = StorableText.Of(message.From.Mailboxes.FirstOrDefault()?.Address.Address ?? "", MaxAddressLength).ToLowerInvariant();
        SearchText = Searched(message);
    }

    /// <summary>A small one.</summary>
    public CapturedMail(string mailFrom, IReadOnlyList<string> recipients, InboxAuthentication authentication, byte[] raw)
        : this(mailFrom, recipients, authentication, new ReadOnlySequence<byte>(raw))
    {
    }

    public string MailFrom { get; }

    public IReadOnlyList<string> Recipients { get; }

    public InboxAuthentication Authentication { get; }

    public int Size { get; }

    /// <summary>All of it, or its beginning when the whole is in blob storage.</summary>
    public byte[] Inline { get; }

    public string? Blob { get; }

    public string Subject { get; }

    /// <summary>The author's address, in lower case; empty when the mail names none.</summary>
    public string HeaderFrom { get; }

    /// <summary>What a search looks at, in lower case: subject, addresses and the beginning of the text.</summary>
    public string SearchText { get; }

    private string Searched(MimeMessage message)
    {
        var text = new StringBuilder(Subject);
        foreach (var recipient in Recipients.Take(MaxAddresses))
            text.Append('\n').Append(recipient);
        foreach (var mailbox in new[] { message.From, message.To, message.Cc, message.ReplyTo }.SelectMany(list => list.Mailboxes.Take(MaxAddresses)))
            text.Append('\n').Append(mailbox.DisplayName).Append(' ').Append(mailbox.Address.Address);
        return StorableText.Of(text.Append('\n').Append(Cut(TextOf(message), MaxSearchedText)).ToString(), 2 * MaxSearchedText).ToLowerInvariant();
    }

    private static string TextOf(MimeMessage message) =>
        message.Text ?? (message.Html is { } html ? HtmlToText.Convert(Cut(html, MaxConvertedHtml)) : "");

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
