using System.Buffers;

namespace Mail.Protocol.Smtp;

/// <summary>
/// Makes message octets fit for DATA: a dot before each line that starts with one (RFC 5321 §4.5.2), and CRLF for each bare
/// CR or LF, which must not be sent (RFC 5321 §2.3.8) and could end the data early on a careless server. Copies long runs at
/// once; the state carries over any split of the input.
/// </summary>
/// <param name="stuffDots">False for BDAT, which needs only the line ends.</param>
public struct SmtpDotStuffer(bool stuffDots)
{
    private bool _insideLine;
    private bool _afterCr;

    /// <summary>Encodes <paramref name="input"/>.</summary>
    public void Write(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        if (input.IsEmpty)
            return;
        if (_afterCr)
            input = ResumeAfterCr(input, output);
        else if (stuffDots && !_insideLine && input[0] == '.')
            output.Write("."u8);
        var run = 0; // start of what has not been copied yet
        var at = 0;
        while (at < input.Length)
        {
            var next = input[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (next < 0)
                break;
            at += next;
            if (input[at] == '\r' && at + 1 == input.Length)
            {
                output.Write(input[run..at]);
                _afterCr = true; // what follows decides
                return;
            }
            if (input[at] == '\r' && input[at + 1] == '\n')
            {
                at += 2;
                if (stuffDots && at < input.Length && input[at] == '.')
                {
                    output.Write(input[run..at]);
                    output.Write("."u8);
                    run = at;
                }
                continue;
            }
            output.Write(input[run..at]);
            output.Write("\r\n"u8);
            run = ++at;
            if (stuffDots && at < input.Length && input[at] == '.')
                output.Write("."u8);
        }
        output.Write(input[run..]);
        if (input.Length > 0)
            _insideLine = input[^1] != '\n' && input[^1] != '\r';
    }

    /// <summary>Ends the last line when it is open, and writes the final dot when dots are stuffed.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        if (_insideLine || _afterCr)
            output.Write("\r\n"u8);
        if (stuffDots)
            output.Write(".\r\n"u8);
        (_insideLine, _afterCr) = (false, false);
    }

    private ReadOnlySpan<byte> ResumeAfterCr(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        _afterCr = false;
        _insideLine = false;
        output.Write("\r\n"u8);
        if (input[0] == '\n')
            input = input[1..];
        if (stuffDots && input.Length > 0 && input[0] == '.')
            output.Write("."u8);
        return input;
    }
}
