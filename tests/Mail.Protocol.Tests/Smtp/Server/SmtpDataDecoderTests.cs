using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp.Server;

public sealed class SmtpDataDecoderTests
{
    private const long Unlimited = long.MaxValue;

    private static readonly Arbitrary<byte[]> Octets = Gen.Elements("\r", "\n", ".", "\r\n", "\r\n.", "\r\n.\r\n", "ab", "\0")
        .ArrayOf().Select(parts => Encoding.ASCII.GetBytes(string.Concat(parts))).ToArbitrary();

    // The plain meaning of RFC 5321 §4.5.2 and §2.3.8, written down without regard to speed.
    [Fact]
    public void Decoder_agrees_with_the_definition_over_any_split() => Prop.ForAll(Octets, ArbMap.Default.ArbFor<PositiveInt>(), (text, seed) =>
    {
        var wire = (byte[])[.. text, .. "\r\n.\r\nNOOP\r\n"u8];
        var (content, end, clean) = Define(wire);
        var output = new ArrayBufferWriter<byte>();
        var decoder = new SmtpDataDecoder(Unlimited);
        var random = new Random(seed.Get);
        var at = 0;
        var complete = false;
        while (!complete && at < wire.Length)
        {
            var length = Math.Min(random.Next(1, 6), wire.Length - at);
            complete = decoder.Decode(wire.AsSpan(at, length), output, out var consumed);
            at += consumed;
        }
        return complete && at == end && clean == (decoder.Status == SmtpDataStatus.Complete)
            && (!clean || output.WrittenSpan.SequenceEqual(content));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void What_the_client_stuffs_the_server_unstuffs() => Prop.ForAll(Octets, ArbMap.Default.ArbFor<PositiveInt>(), (text, seed) =>
    {
        var stuffed = new ArrayBufferWriter<byte>();
        var stuffer = new SmtpDotStuffer(true);
        var random = new Random(seed.Get);
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, 6), text.Length - at);
            stuffer.Write(text.AsSpan(at, length), stuffed);
            at += length;
        }
        stuffer.Finish(stuffed);
        var output = new ArrayBufferWriter<byte>();
        var decoder = new SmtpDataDecoder(Unlimited);
        var complete = decoder.Decode(stuffed.WrittenSpan, output, out var consumed);
        return complete && consumed == stuffed.WrittenCount && decoder.Status == SmtpDataStatus.Complete
            && output.WrittenSpan.SequenceEqual(Canonical(text));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public async Task Too_large_message_is_drained_and_not_kept()
    {
        var pipe = PipeReader.Create(new ReadOnlySequence<byte>((byte[])[.. Lines(1_000_000), .. ".\r\nQUIT\r\n"u8]));
        var output = new ArrayBufferWriter<byte>();
        var result = await SmtpDataReader.ReadAsync(pipe, output, 1000, CancellationToken.None);
        Assert.Equal(SmtpDataStatus.TooLarge, result.Status);
        Assert.Equal(552, result.Refusal!.Code);
        Assert.True(output.WrittenCount <= 1000);
        Assert.True(pipe.TryRead(out var rest));
        Assert.Equal("QUIT\r\n", Encoding.ASCII.GetString(rest.Buffer));
    }

    [Fact]
    public async Task Lost_connection_is_told()
    {
        var pipe = PipeReader.Create(new ReadOnlySequence<byte>("text\r\n."u8.ToArray()));
        var result = await SmtpDataReader.ReadAsync(pipe, new ArrayBufferWriter<byte>(), Unlimited, CancellationToken.None);
        Assert.Equal(SmtpDataStatus.Disconnected, result.Status);
        Assert.Null(result.Refusal);
    }

    [Fact]
    public async Task Pipe_that_nobody_reads_any_more_does_not_stop_the_draining()
    {
        var sink = new Pipe(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500));
        await sink.Reader.CompleteAsync();
        var pipe = PipeReader.Create(new ReadOnlySequence<byte>((byte[])[.. Lines(100_000), .. ".\r\n"u8]));
        var result = await SmtpDataReader.ReadAsync(pipe, sink.Writer, Unlimited, CancellationToken.None);
        Assert.Equal(SmtpDataStatus.OutputClosed, result.Status);
    }

    [Fact]
    public async Task Streamed_message_is_the_same()
    {
        var message = Lines(300_000);
        var pipe = PipeReader.Create(new MemoryStream((byte[])[.. message, .. ".\r\n"u8]));
        using var output = new MemoryStream();
        var result = await SmtpDataReader.ReadAsync(pipe, output, Unlimited, CancellationToken.None);
        Assert.Equal((SmtpDataStatus.Complete, message.Length), (result.Status, (int)result.Length));
        Assert.Equal(message, output.ToArray());
    }

    private static (byte[] Content, int End, bool Clean) Define(byte[] wire)
    {
        var text = "\r\n" + Encoding.Latin1.GetString(wire);
        var end = text.IndexOf("\r\n.\r\n", StringComparison.Ordinal);
        var content = text[..(end + 2)].Replace("\r\n.", "\r\n", StringComparison.Ordinal);
        var bare = text[..(end + 2)].Replace("\r\n", "", StringComparison.Ordinal);
        return (Encoding.Latin1.GetBytes(content[2..]), end + 5 - 2, !bare.Contains('\r') && !bare.Contains('\n'));
    }

    private static byte[] Canonical(byte[] text)
    {
        var lines = Encoding.Latin1.GetString(text).Replace("\r\n", "\n").Replace('\r', '\n');
        if (lines.Length > 0 && !lines.EndsWith('\n'))
            lines += "\n";
        return Encoding.Latin1.GetBytes(lines.Replace("\n", "\r\n"));
    }

    private static byte[] Lines(int octets) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789 line\r\n", octets / 17)));
}
