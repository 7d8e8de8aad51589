using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Fuzz;

internal static class SmtpReplyFuzzTarget
{
    internal static string[] Seeds => ["250-mx.test\r\n250-SIZE 1\r\n250 AUTH=PLAIN\r\n", "550-5.1.1 a\r\n550 5.1.1 b\r\n", "421\n", "354 go\r\n"];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var status = SmtpReplyParser.TryParse(input, out var reply, out var consumed);
        Assert.Equal(status == SmtpReplyStatus.Complete, reply is not null);
        if (reply is null)
            return;
        Assert.InRange(consumed, 1, input.Length);
        Assert.Equal((byte)'\n', input[consumed - 1]);
        SmtpExtensions.Parse(reply);
        // Written by a server it stays one reply of the same code.
        Assert.Equal(SmtpReplyStatus.Complete, SmtpReplyParser.TryParse(reply.Wire.Span, out var again, out var length));
        Assert.Equal((reply.Code, reply.Wire.Length), (again!.Code, length));
    }
}
