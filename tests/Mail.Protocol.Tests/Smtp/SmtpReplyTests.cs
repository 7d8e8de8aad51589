using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp;

public sealed class SmtpReplyTests
{
    [Theory]
    [InlineData("250 OK\r\n", 250, null, "OK")]
    [InlineData("250\r\n", 250, null, "")]
    [InlineData("250 \r\n", 250, null, "")]
    [InlineData("250 OK\n", 250, null, "OK")]
    [InlineData("550 5.1.1 No such user\r\n", 550, "5.1.1", "No such user")]
    [InlineData("550-5.1.1 No such\r\n550 5.1.1 user\r\n", 550, "5.1.1", "No such user")]
    [InlineData("550-5.1.1 No such\r\n550 user\r\n", 550, "5.1.1", "No such user")]
    [InlineData("550 4.1.1 odd class\r\n", 550, null, "4.1.1 odd class")]
    [InlineData("550 5.1.1\r\n", 550, "5.1.1", "")]
    [InlineData("250-mx.test\r\n250-SIZE 5\r\n250 8BITMIME\r\n", 250, null, "mx.test SIZE 5 8BITMIME")]
    [InlineData("554-5.7.1 no\r\n550 5.7.1 really\r\n", 550, "5.7.1", "no really")]
    public void Reply_is_read(string wire, int code, string? enhanced, string text)
    {
        Assert.Equal(SmtpReplyStatus.Complete, Parse(wire, out var reply, out var consumed));
        Assert.Equal((code, enhanced, text), (reply!.Code, reply.EnhancedCode?.ToString(), reply.Text));
        Assert.Equal(wire.Length, consumed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("250")]
    [InlineData("250 OK")]
    [InlineData("250-one\r\n")]
    [InlineData("250-one\r\n250-two\r\n25")]
    public void Unfinished_reply_waits(string wire) => Assert.Equal(SmtpReplyStatus.NeedMore, Parse(wire, out _, out _));

    [Theory]
    [InlineData("\r\n")]
    [InlineData("hello\r\n")]
    [InlineData("2a0 x\r\n")]
    [InlineData("150 x\r\n")]
    [InlineData("650 x\r\n")]
    [InlineData("2500 x\r\n")]
    [InlineData("250_x\r\n")]
    [InlineData("HTTP")] // without waiting for its line end
    [InlineData("250-ok\r\ngarbage")]
    public void Garbage_is_told(string wire) => Assert.Equal(SmtpReplyStatus.Malformed, Parse(wire, out _, out _));

    [Fact]
    public void Endless_replies_are_told()
    {
        Assert.Equal(SmtpReplyStatus.TooLong, Parse("250 " + new string('x', 10_000), out _, out _));
        Assert.Equal(SmtpReplyStatus.TooLong, Parse("250 " + new string('x', 10_000) + "\r\n", out _, out _));
        Assert.Equal(SmtpReplyStatus.TooLong, Parse(string.Concat(Enumerable.Repeat("250-x\r\n", 100_000)), out _, out _));
    }

    [Fact]
    public void Octets_beyond_ascii_are_read_as_utf8_or_latin1()
    {
        SmtpReplyParser.TryParse([.. "550 "u8, 0xfc, .. "\r\n"u8], out var latin, out _);
        SmtpReplyParser.TryParse("550 ü\r\n"u8, out var utf8, out _);
        Assert.Equal(("ü", "ü"), (latin!.Text, utf8!.Text));
    }

    [Fact]
    public void Written_reply_is_safe_and_short()
    {
        var reply = new SmtpReply(550, "5.7.1", "no\r\n250 injected ü " + new string('x', 1000));
        var wire = Encoding.ASCII.GetString(reply.Wire.Span);
        Assert.Equal(1, wire.Count(c => c == '\n'));
        Assert.StartsWith("550 5.7.1 no??250 injected ? x", wire);
        Assert.Equal(512, wire.Length); // RFC 5321 §4.5.3.1.5
    }

    [Fact]
    public void Written_reply_reads_back()
    {
        var reply = new SmtpReply(250, new EnhancedStatusCode(2, 0, 0), ["one", "two", "three"]);
        Assert.Equal("250-2.0.0 one\n250-2.0.0 two\n250 2.0.0 three", reply.ToString());
        SmtpReplyParser.TryParse(reply.Wire.Span, out var again, out _);
        Assert.Equal(reply, again);
    }

    [Fact]
    public void Every_well_known_reply_reads_back_and_agrees_with_its_class()
    {
        var properties = typeof(SmtpReplies).GetProperties().Where(property => property.PropertyType == typeof(SmtpReply)).ToArray();
        Assert.True(properties.Length > 30);
        foreach (var reply in properties.Select(property => (SmtpReply)property.GetValue(null)!))
        {
            SmtpReplyParser.TryParse(reply.Wire.Span, out var again, out _);
            Assert.Equal((reply.Code, reply.EnhancedCode, reply.Text), (again!.Code, again.EnhancedCode, again.Text));
            Assert.True(reply.EnhancedCode is null || reply.EnhancedCode.Value.Class == reply.Code / 100);
        }
    }

    // Cutting the octets anywhere gives "not yet" and never another reply.
    [Fact]
    public void Reply_is_the_same_over_any_split() => Prop.ForAll<PositiveInt, NonEmptyArray<NonNull<string>>>((code, lines) =>
    {
        var texts = lines.Get.Select(line => new string([.. line.Get.Where(c => c is > ' ' and <= '~')])).ToArray();
        var wire = new SmtpReply(200 + code.Get % 400, null, texts).Wire.ToArray();
        for (var length = 0; length < wire.Length; length++)
        {
            if (SmtpReplyParser.TryParse(wire.AsSpan(0, length), out _, out _) != SmtpReplyStatus.NeedMore)
                return false;
        }
        return SmtpReplyParser.TryParse(wire, out _, out var consumed) == SmtpReplyStatus.Complete && consumed == wire.Length;
    }).QuickCheckThrowOnFailure();

    private static SmtpReplyStatus Parse(string wire, out SmtpReply? reply, out int consumed) =>
        SmtpReplyParser.TryParse(Encoding.ASCII.GetBytes(wire), out reply, out consumed);
}
