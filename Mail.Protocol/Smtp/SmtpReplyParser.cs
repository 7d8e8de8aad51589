using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>What <see cref="SmtpReplyParser"/> found at the start of a buffer.</summary>
public enum SmtpReplyStatus
{
    /// <summary>The reply is not complete yet.</summary>
    NeedMore,

    /// <summary>A whole reply was read.</summary>
    Complete,

    /// <summary>The octets are not an SMTP reply.</summary>
    Malformed,

    /// <summary>A line or the whole reply is longer than the limits allow.</summary>
    TooLong,
}

/// <summary>Reads server replies from octets (RFC 5321 §4.2). Pure: it keeps nothing between calls.</summary>
/// <remarks>
/// Tolerates what servers do: LF without CR, no text behind the code, other codes in the middle of a multi-line reply
/// (the last line decides), octets above 127 (read as UTF-8, else as Latin-1).
/// </remarks>
public static class SmtpReplyParser
{
    /// <summary>Longest accepted line in octets, with its line end. RFC 5321 §4.5.3.1.5 asks for 512; servers exceed it.</summary>
    public const int MaxLineOctets = 4096;

    /// <summary>Longest accepted reply in octets.</summary>
    public const int MaxReplyOctets = 64 * 1024;

    /// <summary>Most accepted lines in one reply.</summary>
    public const int MaxLines = 512;

    /// <summary>Tries to read one reply at the start of <paramref name="input"/>.</summary>
    /// <param name="input">What arrived so far.</param>
    /// <param name="reply">The reply, when complete.</param>
    /// <param name="consumed">The octets the reply took, when complete.</param>
    public static SmtpReplyStatus TryParse(ReadOnlySpan<byte> input, out SmtpReply? reply, out int consumed)
    {
        reply = null;
        consumed = 0;
        var lines = 0;
        var at = 0;
        while (true)
        {
            var end = input[at..].IndexOf((byte)'\n');
            if (end < 0)
                return Unfinished(input, at);
            if (end >= MaxLineOctets || at + end >= MaxReplyOctets || ++lines > MaxLines)
                return SmtpReplyStatus.TooLong;
            var line = TrimEnd(input.Slice(at, end));
            if (!IsReplyLine(line))
                return SmtpReplyStatus.Malformed;
            at += end + 1;
            if (line.Length > 3 && line[3] == '-')
                continue;
            reply = Build(input[..at], CodeOf(line), lines);
            consumed = at;
            return SmtpReplyStatus.Complete;
        }
    }

    private static SmtpReplyStatus Unfinished(ReadOnlySpan<byte> input, int lineStart)
    {
        if (input.Length - lineStart > MaxLineOctets || input.Length > MaxReplyOctets)
            return SmtpReplyStatus.TooLong;
        // Garbage is told at its first octets, not at its line end, which may never come.
        var line = input[lineStart..];
        for (var i = 0; i < Math.Min(3, line.Length); i++)
        {
            if (!char.IsAsciiDigit((char)line[i]))
                return SmtpReplyStatus.Malformed;
        }
        return SmtpReplyStatus.NeedMore;
    }

    private static SmtpReply Build(ReadOnlySpan<byte> input, int code, int lineCount)
    {
        var lines = new string[lineCount];
        EnhancedStatusCode? enhanced = null;
        for (var i = 0; i < lineCount; i++)
        {
            var end = input.IndexOf((byte)'\n');
            var line = TrimEnd(input[..end]);
            input = input[(end + 1)..];
            var text = line.Length > 4 ? line[4..] : [];
            // RFC 2034 §4: the class of the enhanced code agrees with the reply code.
            var length = EnhancedStatusCode.ParsePrefix(text, out var found);
            if (length > 0 && found.Class == code / 100 && (enhanced is null || enhanced == found))
            {
                enhanced = found;
                text = text[Math.Min(length + 1, text.Length)..];
            }
            lines[i] = Decode(text);
        }
        return new SmtpReply(code, enhanced, lines) { ClosesConnection = code == 421 };
    }

    private static string Decode(ReadOnlySpan<byte> text) =>
        System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text);

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> line) => line.TrimEnd("\r "u8);

    private static bool IsReplyLine(ReadOnlySpan<byte> line)
    {
        // RFC 5321 §4.2: %x32-35 %x30-35 %x30-39; a second digit above 5 exists in the wild and is harmless.
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5')
            return false;
        if (!char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2]))
            return false;
        return line.Length == 3 || line[3] is (byte)' ' or (byte)'-';
    }

    private static int CodeOf(ReadOnlySpan<byte> line) => (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}
