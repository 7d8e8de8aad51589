using System.Buffers;

namespace Mail.Protocol.Smtp;

/// <summary>The octets of a message, header and body, before dot-stuffing.</summary>
/// <remarks>
/// Lines should end with CRLF; a bare CR or LF is sent as CRLF, as it must not travel (RFC 5321 §2.3.8). The last line gets
/// a CRLF when it has none.
/// </remarks>
public interface ISmtpContent
{
    /// <summary>The length in octets for SIZE, when it is known.</summary>
    long? Length { get; }

    /// <summary>Writes everything, once per call, to <paramref name="destination"/>, which must not be kept or closed.</summary>
    ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken);
}

/// <summary>Contents from what is at hand.</summary>
public static class SmtpContent
{
    /// <summary>Content in memory.</summary>
    public static ISmtpContent From(ReadOnlySequence<byte> message) => new SequenceContent(message);

    /// <summary>Content in memory.</summary>
    public static ISmtpContent From(ReadOnlyMemory<byte> message) => new SequenceContent(new ReadOnlySequence<byte>(message));

    /// <summary>Content that is read from the stream's position; one transaction only unless the stream can seek.</summary>
    public static ISmtpContent From(Stream message) => new StreamContent(message);

    private sealed class SequenceContent(ReadOnlySequence<byte> message) : ISmtpContent
    {
        public long? Length => message.Length;

        public async ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken)
        {
            foreach (var segment in message)
                await destination.WriteAsync(segment, cancellationToken);
        }
    }

    private sealed class StreamContent(Stream message) : ISmtpContent
    {
        private readonly long _start = message.CanSeek ? message.Position : 0;

        public long? Length => message.CanSeek ? message.Length - _start : null;

        public async ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken)
        {
            if (message.CanSeek)
                message.Position = _start;
            await message.CopyToAsync(destination, 64 * 1024, cancellationToken);
        }
    }
}
