using System.Buffers;
using System.IO.Pipelines;

namespace Mail.Protocol.Smtp;

/// <summary>What a read of one line gave.</summary>
public enum SmtpLineStatus
{
    /// <summary>A line that ended with CRLF.</summary>
    Line,

    /// <summary>The line was longer than allowed and has been skipped to its end.</summary>
    TooLong,

    /// <summary>The line has a bare CR or LF (RFC 5321 §2.3.8). What follows cannot be trusted: reply and close.</summary>
    BareLineEnd,

    /// <summary>A line without end: more than <see cref="SmtpLimits.MaxSkippedLineOctets"/>. Close.</summary>
    Flooded,

    /// <summary>The peer closed; a started line is lost.</summary>
    Closed,

    /// <summary><see cref="PipeReader.CancelPendingRead"/> was called.</summary>
    Interrupted,
}

/// <summary>One line, without CRLF. The memory belongs to the reader and is valid until the next read.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Octets">The line; empty unless the status is <see cref="SmtpLineStatus.Line"/>.</param>
public readonly record struct SmtpLine(SmtpLineStatus Status, ReadOnlyMemory<byte> Octets);

/// <summary>Reads command lines from a pipe: CRLF only, bounded, synchronously when a pipelined line is there already.</summary>
public sealed class SmtpLineReader(PipeReader input)
{
    private byte[] _line = new byte[SmtpLimits.CommandLineOctets];

    /// <summary>Octets behind the last line have arrived: pipelined commands, or, after STARTTLS, an injection (RFC 3207 §6).</summary>
    public bool HasBuffered()
    {
        if (!input.TryRead(out var read))
            return false;
        var any = !read.Buffer.IsEmpty;
        // Not examined, so that the next read gets the same octets at once.
        input.AdvanceTo(read.Buffer.Start);
        return any;
    }

    /// <summary>Reads the next line.</summary>
    /// <param name="maxOctets">The longest allowed line with its CRLF.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<SmtpLine> ReadAsync(int maxOctets, CancellationToken cancellationToken)
    {
        var skipped = 0L;
        while (true)
        {
            if (!input.TryRead(out var read))
                read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
                return Take(buffer, end, maxOctets, skipped);
            if (skipped > 0 || buffer.Length > maxOctets)
            {
                // The last octet stays: it may be the CR of the line end.
                var skip = Math.Max(0, buffer.Length - 1);
                skipped += skip;
                input.AdvanceTo(buffer.GetPosition(skip), buffer.End);
            }
            else
            {
                input.AdvanceTo(buffer.Start, buffer.End);
            }
            if (skipped > SmtpLimits.MaxSkippedLineOctets)
                return new SmtpLine(SmtpLineStatus.Flooded, default);
            if (read.IsCanceled || read.IsCompleted)
                return new SmtpLine(read.IsCanceled ? SmtpLineStatus.Interrupted : SmtpLineStatus.Closed, default);
        }
    }

    private SmtpLine Take(ReadOnlySequence<byte> buffer, SequencePosition end, int maxOctets, long skipped)
    {
        var line = buffer.Slice(buffer.Start, end); // without LF
        var length = line.Length;
        var tooLong = skipped > 0 || length + 1 > maxOctets;
        var kept = tooLong ? line.Slice(Math.Max(0, length - 1)) : line;
        if (_line.Length < kept.Length)
            _line = new byte[maxOctets];
        kept.CopyTo(_line);
        var octets = _line.AsMemory(0, (int)kept.Length);
        input.AdvanceTo(buffer.GetPosition(1, end));
        if (octets.IsEmpty || octets.Span[^1] != '\r')
            return new SmtpLine(SmtpLineStatus.BareLineEnd, default);
        octets = octets[..^1];
        if (tooLong)
            return new SmtpLine(SmtpLineStatus.TooLong, default);
        return octets.Span.Contains((byte)'\r')
            ? new SmtpLine(SmtpLineStatus.BareLineEnd, default)
            : new SmtpLine(SmtpLineStatus.Line, octets);
    }
}
