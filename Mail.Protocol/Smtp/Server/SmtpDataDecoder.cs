using System.Buffers;

namespace Mail.Protocol.Smtp;

/// <summary>
/// Takes the dots out of DATA octets and finds their end, over any split of the input (RFC 5321 §4.5.2).
/// </summary>
/// <remarks>
/// Only CRLF.CRLF ends the data. A CR or LF on its own (RFC 5321 §2.3.8) makes the message invalid and never counts as a line
/// end, so that no two servers can disagree about where the message stops (SMTP smuggling). After the first error nothing
/// more is written, but the octets are still followed to the end of the data: the session stays in step.
/// </remarks>
public struct SmtpDataDecoder(long maxOctets)
{
    private enum State : byte
    {
        LineStart,
        InLine,
        AfterCr,
        AfterDot,
        AfterDotCr,
    }

    private State _state;

    /// <summary>Octets of the message so far, without transparency dots; goes on counting after an error.</summary>
    public long Length { get; private set; }

    /// <summary>The first thing that was wrong; <see cref="SmtpDataStatus.Complete"/> while nothing is.</summary>
    public SmtpDataStatus Status { get; private set; }

    /// <summary>Decodes until the end of the data or of the input; true when the end of the data was found.</summary>
    /// <param name="input">What arrived.</param>
    /// <param name="output">Where the message goes.</param>
    /// <param name="consumed">The octets taken; less than all only at the end of the data.</param>
    public bool Decode(ReadOnlySpan<byte> input, IBufferWriter<byte> output, out int consumed)
    {
        var run = 0; // start of what has not been copied yet
        var at = 0;
        while (at < input.Length)
        {
            switch (_state)
            {
                case State.LineStart when input[at] == '.':
                    Write(input[run..at], output);
                    run = ++at; // RFC 5321 §4.5.2: the first dot of a line is not part of it
                    _state = State.AfterDot;
                    break;
                case State.AfterDot when input[at] == '\r':
                    at++;
                    _state = State.AfterDotCr;
                    break;
                case State.AfterDotCr when input[at] == '\n':
                    consumed = at + 1;
                    return true;
                case State.AfterDotCr or State.AfterCr when input[at] != '\n':
                    Reject(SmtpDataStatus.BareCr);
                    _state = State.InLine;
                    break;
                case State.AfterCr:
                    at++;
                    _state = State.LineStart;
                    break;
                default:
                    at = SkipLine(input, at);
                    break;
            }
        }
        // A CR behind a lone dot is not message text yet: the next octet decides.
        Write(_state == State.AfterDotCr ? input[run..Math.Max(run, at - 1)] : input[run..at], output);
        consumed = input.Length;
        return false;
    }

    /// <summary>The same over a sequence; <paramref name="consumed"/> is the position behind the octets taken.</summary>
    public bool Decode(in ReadOnlySequence<byte> input, IBufferWriter<byte> output, out SequencePosition consumed)
    {
        var taken = 0L;
        foreach (var segment in input)
        {
            var complete = Decode(segment.Span, output, out var length);
            taken += length;
            if (!complete)
                continue;
            consumed = input.GetPosition(taken);
            return true;
        }
        consumed = input.End;
        return false;
    }

    /// <summary>Writes nothing from now on, whatever comes.</summary>
    public void Discard(SmtpDataStatus reason) => Reject(reason);

    private int SkipLine(ReadOnlySpan<byte> input, int at)
    {
        var next = input[at..].IndexOfAny((byte)'\r', (byte)'\n');
        if (next < 0)
        {
            _state = State.InLine;
            return input.Length;
        }
        at += next;
        if (input[at] == '\n')
        {
            Reject(SmtpDataStatus.BareLf); // and no line starts here
            _state = State.InLine;
        }
        else
        {
            _state = State.AfterCr;
        }
        return at + 1;
    }

    private void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        Length += text.Length;
        if (Length > maxOctets)
            Reject(SmtpDataStatus.TooLarge);
        if (Status == SmtpDataStatus.Complete && !text.IsEmpty)
            output.Write(text);
    }

    private void Reject(SmtpDataStatus status)
    {
        if (Status == SmtpDataStatus.Complete)
            Status = status;
    }
}
