using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp.Server;

public sealed class SmtpLineReaderTests
{
    [Theory]
    [InlineData("NOOP\r\n", "Line:NOOP")]
    [InlineData("\r\n", "Line:")]
    [InlineData("A\r\nB\r\n", "Line:A Line:B")]
    [InlineData("A\nB\r\n", "BareLineEnd: Line:B")]
    [InlineData("A\rB\r\nC\r\n", "BareLineEnd: Line:C")]
    [InlineData("A\r\r\n", "BareLineEnd:")]
    [InlineData("0123456789012345678\r\nB\r\n", "TooLong: Line:B")]
    [InlineData("012345678901234567\r\nB\r\n", "Line:012345678901234567 Line:B")]
    [InlineData("01234567890123456789012345678901234567890123456789\r\nB\r\n", "TooLong: Line:B")]
    [InlineData("01234567890123456789012345678901234567890123456789\nB\r\n", "BareLineEnd: Line:B")]
    [InlineData("A\r\nunfinished", "Line:A")]
    public async Task Lines_are_the_same_over_any_split(string wire, string expected)
    {
        for (var piece = 1; piece <= wire.Length; piece++)
        {
            var pipe = new Pipe();
            var reader = new SmtpLineReader(pipe.Reader);
            var writing = WriteAsync(pipe.Writer, Encoding.ASCII.GetBytes(wire), piece);
            var lines = new List<string>();
            while (true)
            {
                var line = await reader.ReadAsync(20, CancellationToken.None);
                if (line.Status == SmtpLineStatus.Closed)
                    break;
                lines.Add($"{line.Status}:{Encoding.ASCII.GetString(line.Octets.Span)}");
            }
            await writing;
            Assert.Equal(expected, string.Join(' ', lines));
        }
    }

    [Fact]
    public async Task Line_without_end_is_given_up()
    {
        var reader = new SmtpLineReader(PipeReader.Create(new EndlessStream()));
        Assert.Equal(SmtpLineStatus.Flooded, (await reader.ReadAsync(512, CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Buffered_octets_are_seen_and_not_lost()
    {
        var pipe = new Pipe();
        var reader = new SmtpLineReader(pipe.Reader);
        Assert.False(reader.HasBuffered());
        await pipe.Writer.WriteAsync("STARTTLS\r\nMAIL\r\n"u8.ToArray());
        await reader.ReadAsync(512, CancellationToken.None);
        Assert.True(reader.HasBuffered());
        Assert.Equal("MAIL", Encoding.ASCII.GetString((await reader.ReadAsync(512, CancellationToken.None)).Octets.Span));
        Assert.False(reader.HasBuffered());
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] octets, int piece)
    {
        for (var at = 0; at < octets.Length; at += piece)
        {
            writer.Write(octets.AsSpan(at, Math.Min(piece, octets.Length - at)));
            await writer.FlushAsync();
            await Task.Yield();
        }
        await writer.CompleteAsync();
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
