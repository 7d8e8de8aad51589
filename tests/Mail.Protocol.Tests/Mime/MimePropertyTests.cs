using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

/// <summary>What holds for every text and every octet.</summary>
public class MimePropertyTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20260101, 1);

    [Fact]
    public void Subject_comes_back_as_it_was_but_for_controls_and_outer_blanks() =>
        Prop.ForAll<string>(static text =>
        {
            if (text is null) return true;
            var subject = Whole(text);
            var mail = MimeMessage.Parse(MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { Subject = subject }));
            return (mail.Subject ?? "") == HeaderText.WithoutControls(subject).Trim(' ', '\t');
        }).Check(Config);

    [Fact]
    public void Display_name_comes_back_as_it_was() =>
        Prop.ForAll<string>(static text =>
        {
            var mailbox = new Mailbox(text is null ? null : Whole(text), EmailAddress.Parse("a@example.com"));
            var read = MimeMessage.Parse(MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { From = mailbox })).From.Mailboxes.Single();
            return read.DisplayName == mailbox.DisplayName;
        }).Check(Config);

    [Fact]
    public void Text_comes_back_as_it_was_but_for_line_ends() =>
        Prop.ForAll<string>(static text =>
        {
            if (text is null) return true;
            var body = Whole(text);
            var mail = MimeMessage.Parse(MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { Text = body, Html = "<p>" }));
            return mail.Text == Lines(body).TrimStart('\ufeff');
        }).Check(Config);

    [Fact]
    public void Attachment_comes_back_octet_by_octet() =>
        Prop.ForAll<byte[]>(static content =>
        {
            var attachment = new MailAttachment { FileName = "a", Content = content };
            var mail = MimeMessage.Parse(MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { Attachments = [attachment] }));
            return mail.Attachments.Single().ReadContent().AsSpan().SequenceEqual(content);
        }).Check(Config);

    [Fact]
    public void File_name_comes_back_as_it_was() =>
        Prop.ForAll<string>(static text =>
        {
            var name = HeaderText.WithoutControls(Whole(text ?? "")).Trim();
            if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny("/\\")) return true;
            var mail = MimeMessage.Parse(MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { Attachments = [new MailAttachment { FileName = name }] }));
            return mail.Attachments.Single().FileName == name;
        }).Check(Config);

    [Fact]
    public void Any_octets_are_read_alike_in_one_piece_and_in_many() =>
        Prop.ForAll<byte[]>(static noise =>
        {
            var octets = (byte[])[.. "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\n\n--b\nA: b\r\n\r\n"u8, .. noise, .. "\r\n--b\r\n\n"u8, .. noise, .. "--b--"u8];
            var whole = MimeMessage.Parse(octets);
            var pieces = MimeMessage.Parse(Pieces.Of(octets, 3));
            return whole.Defects.SequenceEqual(pieces.Defects) && whole.Text == pieces.Text
                && Bodies(whole.Root).SequenceEqual(Bodies(pieces.Root));
        }).Check(Config);

    [Fact]
    public void Decoders_give_the_same_however_the_source_is_cut() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Elements(ContentTransferEncoding.Base64, ContentTransferEncoding.QuotedPrintable, ContentTransferEncoding.UuEncode).ToArbitrary(),
            static (noise, encoding) =>
            {
                var octets = Encoding.Latin1.GetBytes(string.Concat(noise.Select(static b => "=\r\n 3DaA/+\t"[b % 12 % 11].ToString() + (char)b)));
                var whole = Decode(new ReadOnlySequence<byte>(octets), encoding);
                return whole.SequenceEqual(Decode(Pieces.Of(octets, 1), encoding)) && whole.SequenceEqual(Decode(Pieces.Of(octets, 5), encoding));
            }).Check(Config);

    private static IEnumerable<string> Bodies(MimeEntity entity) =>
        entity.Children.SelectMany(Bodies).Prepend(Convert.ToHexString(entity.RawBody.ToArray()));

    private static byte[] Decode(ReadOnlySequence<byte> source, ContentTransferEncoding encoding)
    {
        using var copy = new MemoryStream();
        new DecodingStream(source, ContentDecoder.Create(encoding)).CopyTo(copy);
        return copy.ToArray();
    }

    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace("\n", "\r\n", StringComparison.Ordinal);

    /// <summary>Without halves of surrogate pairs, which no octets can carry.</summary>
    private static string Whole(string text) => string.Concat(text.EnumerateRunes());
}
