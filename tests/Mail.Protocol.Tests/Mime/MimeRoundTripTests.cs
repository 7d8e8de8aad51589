using System.Buffers;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

public class MimeRoundTripTests
{
    internal static OutgoingMail Sample { get; } = new()
    {
        From = new Mailbox("Anna Müller", EmailAddress.Parse("anna@example.com")),
        To = [new Mailbox("O'Neil, Pat", EmailAddress.Parse("pat@example.net")), new Mailbox(null, EmailAddress.Parse("b@bücher.example"))],
        Subject = "Grüße aus Köln: your order has been shipped and will arrive within the next three days",
        Text = "Hallo\nWelt, schöne Grüße\n",
        Html = "<p>Hallo <b>Welt</b></p>\n",
        MessageId = "1@example.com",
        Date = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
    };

    [Fact]
    public void What_is_written_is_read_back()
    {
        var octets = Write(Sample with
        {
            Attachments =
            [
                new MailAttachment { FileName = "Übersicht 2026.pdf", ContentType = "application/pdf", Content = new byte[1000] },
                new MailAttachment { FileName = "logo.png", ContentType = "image/png", Content = new byte[] { 1, 2, 3 }, Inline = true, ContentId = "logo" },
            ],
        });
        var mail = MimeMessage.Parse(octets);
        Assert.Empty(mail.Defects);
        Assert.Equal(Sample.Subject, mail.Subject);
        Assert.Equal(Sample.From, mail.From.Mailboxes.Single());
        Assert.Equal(Sample.To, mail.To.Mailboxes);
        Assert.Equal("Hallo\r\nWelt, schöne Grüße\r\n", mail.Text);
        Assert.Equal("<p>Hallo <b>Welt</b></p>\r\n", mail.Html);
        Assert.Equal(Sample.Date, mail.Date);
        Assert.Equal("1@example.com", mail.MessageId);
        Assert.Equal(["logo.png", "Übersicht 2026.pdf"], mail.Attachments.Select(a => a.FileName));
        Assert.Equal([3, 1000], mail.Attachments.Select(a => a.ReadContent().Length));
    }

    internal static ReadOnlyMemory<byte> Write(OutgoingMail mail, MimeWriterOptions? options = null)
    {
        var writer = new ArrayBufferWriter<byte>();
        MimeWriter.Write(mail, writer, options);
        return writer.WrittenMemory;
    }
}
