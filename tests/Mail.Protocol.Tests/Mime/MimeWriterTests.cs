using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

public class MimeWriterTests
{
    private static OutgoingMail Plain { get; } = MimeRoundTripTests.Sample with { Html = null, Subject = "Hi", Text = "Hello\n", To = [], From = Person(null) };

    [Fact]
    public void Simple_mail_is_written_as_expected()
    {
        Assert.Equal(
            """
            From: a@example.com
            To: undisclosed-recipients:;
            Subject: Hi
            Date: Fri, 02 Jan 2026 03:04:05 +0100
            Message-ID: <1@example.com>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 7bit

            Hello

            """.ReplaceLineEndings("\r\n"), Text(Plain));
    }

    [Fact]
    public void Every_mail_keeps_the_limits_of_its_lines()
    {
        var generator = new MailGenerator(seed: 11);
        for (var i = 0; i < 300; i++)
        {
            var octets = MimeRoundTripTests.Write(generator.Next()).Span;
            Assert.False(octets.Contains((byte)0));
            var text = Encoding.UTF8.GetString(octets);
            Assert.DoesNotMatch("(?<!\r)\n|\r(?!\n)", text);
            var lines = text.Split("\r\n");
            Assert.True(lines.Max(l => Encoding.UTF8.GetByteCount(l)) <= 998); // RFC 5322 §2.1.1
            var header = lines.TakeWhile(l => l.Length > 0).ToList();
            Assert.DoesNotContain(header, l => l.Length > 78 && !Regex.IsMatch(l, @"^(\S+:)? ?\S+$")); // only a single word may be longer
            Assert.DoesNotContain(header, l => l.Contains("=?utf-8?", StringComparison.Ordinal) && l.Length > 76); // RFC 2047 §2
            Assert.DoesNotContain(header, string.IsNullOrWhiteSpace);
            Assert.True(System.Text.Ascii.IsValid(octets));
        }
    }

    [Fact]
    public void Same_mail_gives_the_same_octets()
    {
        var (first, second) = (new MailGenerator(seed: 5), new MailGenerator(seed: 5));
        for (var i = 0; i < 50; i++) Assert.True(MimeRoundTripTests.Write(first.Next()).Span.SequenceEqual(MimeRoundTripTests.Write(second.Next()).Span));
    }

    [Fact]
    public async Task Streams_give_the_same_octets_as_memory()
    {
        var content = new byte[200_000];
        new Random(1).NextBytes(content);
        var attachment = new MailAttachment { FileName = "a.bin", Content = content };
        var inMemory = MimeRoundTripTests.Write(Plain with { Attachments = [attachment, attachment with { FileName = "b" }] });
        var streamed = attachment with { Content = default, OpenContent = _ => ValueTask.FromResult<Stream>(new MemoryStream(content)) };
        var target = new MemoryStream();
        var result = await MimeWriter.WriteAsync(Plain with { Attachments = [streamed, streamed with { FileName = "b" }] }, target);
        Assert.True(inMemory.Span.SequenceEqual(target.ToArray()));
        Assert.Equal(inMemory.Length, result.Size);
    }

    [Theory]
    [InlineData("a\r\nBcc: evil@example.com")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    [InlineData("a\u2028b\u0085c\u007fd")]
    public void Nothing_can_inject_a_header(string text)
    {
        var mail = Plain with
        {
            Subject = text,
            From = Person(text),
            ReplyTo = [Person("\"" + text + "\\")],
            Attachments =
            [
                new MailAttachment { FileName = text, ContentType = "text/plain; a=\"" + text + "\"", ContentId = text },
                new MailAttachment { FileName = "x", ContentType = text },
            ],
        };
        var written = Text(mail);
        Assert.DoesNotMatch("(?m)^(Bcc:|evil|b$|c$|d$)", written);
        Assert.DoesNotContain(written, c => char.IsControl(c) && c is not ('\r' or '\n'));
        var read = MimeMessage.Parse(Encoding.UTF8.GetBytes(written));
        Assert.Empty(read.Defects);
        Assert.Null(read.Headers.Find("Bcc"));
        Assert.All(read.Attachments, a => Assert.Null(a.ContentId));
    }

    [Fact]
    public void Message_id_that_is_none_is_a_bug_of_the_caller()
    {
        foreach (var id in (string[])["", "a", "a@", "@a", "<a@b>", "a@b\r\nX: y", "a b@c", "a@b@c", new string('a', 900) + "@b"])
            Assert.Throws<ArgumentException>(() => Text(Plain with { MessageId = id }));
    }

    [Theory]
    [InlineData("plain\n", "7bit")]
    [InlineData("From here\n", "quoted-printable")]
    [InlineData("--=_x\n", "quoted-printable")]
    [InlineData("schöne, aber sonst ganz gewöhnliche Worte\n", "quoted-printable")]
    [InlineData("你好世界\n", "base64")]
    [InlineData("a\0b\n", "base64")]
    public void Transfer_encoding_follows_the_content(string text, string encoding)
    {
        var written = MimeRoundTripTests.Write(Plain with { Text = text });
        var mail = MimeMessage.Parse(written);
        Assert.Equal(encoding, mail.Headers.Value("Content-Transfer-Encoding"));
        Assert.Equal(text.ReplaceLineEndings("\r\n"), mail.Text);
    }

    [Fact]
    public void Long_lines_are_wrapped_by_their_encoding()
    {
        var text = new string('x', 999);
        var mail = MimeMessage.Parse(MimeRoundTripTests.Write(Plain with { Text = text }));
        Assert.Equal("quoted-printable", mail.Headers.Value("Content-Transfer-Encoding"));
        Assert.Equal(text, mail.Text!.TrimEnd());
    }

    [Fact]
    public void Eight_bit_is_used_only_when_allowed_and_then_asked_for()
    {
        var mail = Plain with { Text = "你好世界\n" };
        var writer = new ArrayBufferWriter<byte>();
        Assert.False(MimeWriter.Write(mail, writer).Needs8BitMime);
        Assert.True(MimeWriter.Write(mail, writer, new MimeWriterOptions(Allow8Bit: true)).Needs8BitMime);
        Assert.False(MimeWriter.Write(Plain, writer, new MimeWriterOptions(Allow8Bit: true)).Needs8BitMime);
    }

    [Fact]
    public void Smtputf8_is_needed_for_a_local_part_outside_ascii_alone()
    {
        var writer = new ArrayBufferWriter<byte>();
        Assert.False(MimeWriter.Write(Plain with { To = [Person("Grüße"), new Mailbox(null, EmailAddress.Parse("a@bücher.example"))] }, writer).NeedsSmtpUtf8);
        Assert.True(MimeWriter.Write(Plain with { Cc = [new Mailbox(null, EmailAddress.Parse("grüße@example.com"))] }, writer).NeedsSmtpUtf8);
    }

    [Fact]
    public void Boundaries_cannot_be_in_the_content()
    {
        var first = Text(Plain with { Html = "<p>" });
        var boundary = Regex.Match(first, "boundary=\"(.*?)\"").Groups[1].Value;
        var mail = MimeMessage.Parse(MimeRoundTripTests.Write(Plain with { Text = $"--{boundary}\n--{boundary}--\n", Html = "<p>" }));
        Assert.Equal($"--{boundary}\r\n--{boundary}--\r\n", mail.Text);
        Assert.Equal("<p>", mail.Html);
    }

    [Theory]
    [InlineData("Subject: inner\r\n\r\nhello\r\n", "message/rfc822")]
    [InlineData("Subject: inner\n\nhello\n", "application/octet-stream")] // bare LF may not be 7bit, and base64 not message/rfc822: RFC 2046 §5.2.1
    public void Message_is_attached_as_what_it_is(string inner, string type)
    {
        var attachment = new MailAttachment { FileName = "m.eml", ContentType = "message/rfc822", Content = Encoding.ASCII.GetBytes(inner) };
        var mail = MimeMessage.Parse(MimeRoundTripTests.Write(Plain with { Attachments = [attachment] }));
        Assert.Equal(type, mail.Attachments.Single().ContentType.MediaType);
        Assert.Equal(inner, Encoding.ASCII.GetString(mail.Attachments.Single().ReadContent()));
    }

    [Theory]
    [InlineData("X-A", "b", HeaderFieldError.None)]
    [InlineData("", "b", HeaderFieldError.InvalidName)]
    [InlineData("X A", "b", HeaderFieldError.InvalidName)]
    [InlineData("X:A", "b", HeaderFieldError.InvalidName)]
    [InlineData("X-\u00c4", "b", HeaderFieldError.InvalidName)]
    [InlineData("X-A\r\nB", "b", HeaderFieldError.InvalidName)]
    [InlineData("X-A", "b\r\nBcc: c", HeaderFieldError.ControlCharacter)]
    [InlineData("X-A", "b\0", HeaderFieldError.ControlCharacter)]
    [InlineData("subject", "b", HeaderFieldError.Reserved)]
    [InlineData("Content-Language", "b", HeaderFieldError.Reserved)]
    [InlineData("DKIM-Signature", "b", HeaderFieldError.Reserved)]
    [InlineData("bcc", "b", HeaderFieldError.Reserved)]
    public void Client_header_is_checked(string name, string value, HeaderFieldError expected)
    {
        Assert.Equal(expected == HeaderFieldError.None, HeaderField.TryCreateForClient(name, value, out _, out var error));
        Assert.Equal(expected, error);
    }

    private static Mailbox Person(string? name) => new(name, EmailAddress.Parse("a@example.com"));

    private static string Text(OutgoingMail mail) => Encoding.UTF8.GetString(MimeRoundTripTests.Write(mail).Span);
}
