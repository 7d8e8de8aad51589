using System.Buffers;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Fuzz;

internal static class SmtpDataFuzzTarget
{
    internal static string[] Seeds => ["a\r\n.\r\n", "\r\n..\r\n.\r\nQUIT\r\n", "a\n.\n\r\n.\r\n", "a\r.\r\r\n.\r\n", ".\r\n"];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var whole = new ArrayBufferWriter<byte>();
        var decoder = new SmtpDataDecoder(1 << 20);
        var complete = decoder.Decode(input, whole, out var consumed);
        // The same, octet by octet.
        var pieces = new ArrayBufferWriter<byte>();
        var piecewise = new SmtpDataDecoder(1 << 20);
        var at = 0;
        var ended = false;
        while (!ended && at < input.Length)
            ended = piecewise.Decode(input.Slice(at++, 1), pieces, out _);
        Assert.Equal((complete, consumed, decoder.Status), (ended, at, piecewise.Status));
        if (decoder.Status == SmtpDataStatus.Complete)
            Assert.True(whole.WrittenSpan.SequenceEqual(pieces.WrittenSpan));
        if (complete)
            Assert.True(consumed == 3 || input[..consumed].EndsWith("\r\n.\r\n"u8));
        Stuff(input);
    }

    private static void Stuff(ReadOnlySpan<byte> input)
    {
        var stuffed = new ArrayBufferWriter<byte>();
        var stuffer = new SmtpDotStuffer(true);
        stuffer.Write(input, stuffed);
        stuffer.Finish(stuffed);
        // A server finds no end but the last, and nothing to complain about.
        var decoder = new SmtpDataDecoder(long.MaxValue);
        Assert.True(decoder.Decode(stuffed.WrittenSpan, new ArrayBufferWriter<byte>(), out var consumed));
        Assert.Equal((stuffed.WrittenCount, SmtpDataStatus.Complete), (consumed, decoder.Status));
    }
}
