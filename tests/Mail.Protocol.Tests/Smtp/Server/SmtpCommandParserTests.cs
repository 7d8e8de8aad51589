using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Smtp;
using Mail.TestKit;

namespace Mail.Protocol.Tests.Smtp.Server;

public sealed class SmtpCommandParserTests
{
    private static readonly IReadOnlySet<string> Extra = new HashSet<string> { "XTRACE" };

    [Fact]
    public void Mail_parameters_are_read()
    {
        var mail = Assert.IsType<SmtpCommand.Mail>(Parse(
            "MAIL FROM:<a@b.test> SIZE=123 body=8bitmime SMTPUTF8 RET=full ENVID=QQ+2B314 AUTH=<> REQUIRETLS XTRACE=00-ab-cd-01"));
        Assert.Equal("a@b.test", mail.ReversePath.Address);
        Assert.Equal((123L, SmtpBody.EightBitMime, true, DsnReturn.Full), (mail.Size!.Value, mail.Body, mail.Utf8, mail.Return!.Value));
        Assert.Equal(("QQ+314", "<>", true), (mail.EnvelopeId, mail.Submitter, mail.RequireTls));
        Assert.Equal([new SmtpParameter("XTRACE", "00-ab-cd-01")], mail.Parameters);
    }

    [Fact]
    public void Rcpt_parameters_are_read()
    {
        // RFC 3461 §10.3
        var rcpt = Assert.IsType<SmtpCommand.Rcpt>(Parse("RCPT TO:<Bob@Big-Bucks.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bob+40Big-Bucks.test"));
        Assert.Equal(DsnNotify.Success | DsnNotify.Failure, rcpt.Notify);
        Assert.Equal("rfc822;Bob@Big-Bucks.test", rcpt.OriginalRecipient);
    }

    [Theory]
    [InlineData("AUTH PLAIN", "PLAIN", null)]
    [InlineData("auth plain AGEAYg==", "PLAIN", "AGEAYg==")]
    [InlineData("AUTH LOGIN =", "LOGIN", "")]
    public void Auth_is_read(string line, string mechanism, string? response)
    {
        var auth = Assert.IsType<SmtpCommand.Auth>(Parse(line));
        Assert.Equal((mechanism, response), (auth.Mechanism, auth.InitialResponse));
        Assert.DoesNotContain("AGEAYg", auth.ToString());
    }

    [Theory]
    [InlineData("AUTH", 501)]
    [InlineData("AUTH PL@IN", 501)]
    [InlineData("AUTH PLAIN not base64", 501)]
    [InlineData("BDAT", 501)]
    [InlineData("BDAT 1 LAST more", 501)]
    [InlineData("BDAT +1", 501)]
    [InlineData("MAIL FROM:<a@b.test> SIZE=-1", 501)]
    [InlineData("MAIL FROM:<a@b.test> SIZE=999999999999999999999", 501)]
    [InlineData("MAIL FROM:<Postmaster>", 501)]
    [InlineData("MAIL FROM:<a@b.test> XTRACED=1", 555)]
    [InlineData("EXPN", 501)]
    [InlineData("DATA x", 501)]
    [InlineData("STARTTLS x", 501)]
    [InlineData("DATAX", 500)]
    [InlineData("DAT", 500)]
    [InlineData("", 500)]
    [InlineData(" NOOP", 500)]
    [InlineData("\u00e9hlo x", 500)]
    public void Wrong_lines_have_their_reply(string line, int code) =>
        Assert.Equal(code, Assert.IsType<SmtpCommand.Invalid>(Parse(line)).Reply.Code);

    [Fact]
    public void Parameters_are_counted()
    {
        var line = "MAIL FROM:<a@b.test>" + string.Concat(Enumerable.Range(0, 100).Select(i => $" X{i}=1"));
        var allowed = Enumerable.Range(0, 100).Select(i => $"X{i}").ToHashSet();
        Assert.IsType<SmtpCommand.Invalid>(SmtpCommandParser.Parse(Encoding.ASCII.GetBytes(line), allowed));
    }

    [Fact]
    public void Hostile_lines_of_a_megabyte_take_no_time()
    {
        string[] hostile =
        [
            "MAIL FROM:<" + new string('@', 1_000_000),
            "RCPT TO:<" + string.Concat(Enumerable.Repeat("@a,", 300_000)) + ":b@c>",
            "RCPT TO:<\"" + string.Concat(Enumerable.Repeat("\\\"", 500_000)) + "\"@c>",
            "MAIL FROM:<a@" + string.Concat(Enumerable.Repeat("a.", 500_000)) + "b>",
            "MAIL FROM:<a@b.test>" + string.Concat(Enumerable.Repeat(" SIZE=1", 150_000)),
            "MAIL FROM:<a@b.test>" + new string(' ', 1_000_000) + "x",
            "RCPT TO:<a@b.test> NOTIFY=" + string.Concat(Enumerable.Repeat("DELAY,", 160_000)),
            "EHLO " + new string('x', 1_000_000),
            new string('x', 1_000_000),
        ];
        var began = ThreadTime.Now;
        foreach (var line in hostile)
            Assert.IsType<SmtpCommand.Invalid>(SmtpCommandParser.Parse(Encoding.ASCII.GetBytes(line)));
        Assert.InRange(ThreadTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    // Whatever comes: a value, never an exception; and what is valid can be said again.
    [Fact]
    public void Any_line_gives_a_command() => Prop.ForAll(Lines, line =>
    {
        var command = SmtpCommandParser.Parse(Encoding.Latin1.GetBytes(line), Extra);
        return command is not SmtpCommand.Mail mail
            || SmtpCommandParser.Parse(Encoding.UTF8.GetBytes($"MAIL FROM:{mail.ReversePath} SMTPUTF8")) is SmtpCommand.Mail again
                && again.ReversePath.Equals(mail.ReversePath);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static Arbitrary<string> Lines => Gen.Elements(
            "MAIL FROM:", "RCPT TO:", "EHLO ", "AUTH ", "BDAT ", "<", ">", "@", "a", "\"", "\\", ".", ":", ",", " ", "SIZE=1",
            "BODY=8BITMIME", "NOTIFY=NEVER", "ORCPT=rfc822;", "+40", "[1.2.3.4]", "[IPv6:::1]", "\0", "\u00c3\u00a9", "\u00ff", "=")
        .ArrayOf().Select(string.Concat).ToArbitrary();

    private static SmtpCommand Parse(string line) => SmtpCommandParser.Parse(Encoding.UTF8.GetBytes(line), Extra);
}
