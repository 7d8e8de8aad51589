using System.Text;
using Mail.Protocol.Arf;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Arf;

public class ArfWriterTests
{
    private static readonly ArfDraft s_draft = new()
    {
        From = "complaints@example.org",
        To = "fbl@example.com",
        MessageId = "report_1@example.org",
        Date = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero),
        UserAgent = "Example/1.0",
        OriginalMailFrom = "b+token@example.com",
        OriginalRecipient = "ann@example.org",
        OriginalHeader = "Subject: Offer\r\nMessage-ID: <msg_1@example.com>\r\n"u8.ToArray(),
    };

    [Fact]
    public void Written_report_is_read_alike()
    {
        var report = ArfReader.Read(MimeMessage.Parse(ArfWriter.Write(s_draft)))!;

        Assert.Equal((FeedbackType.Abuse, "rfc5965", "Example/1.0"), (report.Type, report.Dialect, report.UserAgent));
        Assert.Equal("b+token@example.com", report.OriginalMailFrom);
        Assert.Equal(["ann@example.org"], report.OriginalRecipients);
        Assert.Equal("msg_1@example.com", report.OriginalMessageId);
    }

    [Fact]
    public void No_value_leaves_its_field()
    {
        const string evil = "x\r\nBcc: victim@example.org\r\n\r\n--arf_\nInjected: yes";
        var draft = s_draft with { From = evil, To = evil, UserAgent = evil, OriginalMailFrom = evil, OriginalRecipient = evil };

        var text = Encoding.UTF8.GetString(ArfWriter.Write(draft));

        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("Bcc:") || line.StartsWith("Injected:"));
    }
}
