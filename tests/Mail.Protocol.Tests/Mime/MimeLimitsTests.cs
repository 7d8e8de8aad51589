using System.Buffers;
using System.Text;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

public class MimeLimitsTests
{
    [Fact]
    public void Fifty_megabytes_are_read_without_a_copy()
    {
        var attachment = new MailAttachment { FileName = "a.bin", Content = new byte[37 << 20] };
        var octets = MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { Attachments = [attachment] });
        Assert.True(octets.Length > 50_000_000);
        var pieces = Pieces.Of(octets, 64 * 1024);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        foreach (var source in (ReadOnlySequence<byte>[])[new(octets), pieces])
        {
            var mail = MimeMessage.Parse(source);
            Assert.NotNull(mail.Text);
            using var content = mail.Attachments.Single().OpenContent();
            content.CopyTo(Stream.Null);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.True(allocated < 1 << 20, $"allocates {allocated}");
    }

    [Fact]
    public void Writing_a_large_attachment_takes_no_memory_of_its_size()
    {
        var attachment = new MailAttachment { FileName = "a.bin", Content = new byte[20 << 20] };
        var target = new Discard();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var result = MimeWriter.Write(MimeRoundTripTests.Sample with { Attachments = [attachment] }, target);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.Equal(result.Size, target.Written);
        Assert.True(allocated < 1 << 20, $"allocates {allocated}");
    }

    [Fact]
    public void Text_is_cut_at_its_limit()
    {
        var mail = MimeMessage.Parse(Encoding.ASCII.GetBytes("Subject: a\r\n\r\n" + new string('x', 100)), new MimeLimits { MaxTextBytes = 10 });
        Assert.Equal(new string('x', 10), mail.Text);
        Assert.Equal([MimeDefect.TextTruncated], mail.Defects);
    }

    [Fact]
    public void Header_is_cut_at_its_limits()
    {
        var octets = Encoding.ASCII.GetBytes("A: 1\r\nB: 2\r\nC: 3\r\n\r\nbody");
        var byCount = MimeMessage.Parse(octets, new MimeLimits { MaxHeaders = 2 });
        Assert.Equal(["A", "B"], byCount.Headers.Select(h => h.Name));
        Assert.Equal([MimeDefect.HeaderTruncated], byCount.Defects);
        var bySize = MimeMessage.Parse(octets, new MimeLimits { MaxHeaderBytes = 8 });
        Assert.Equal(["A"], bySize.Headers.Select(h => h.Name));
        Assert.Equal("body", bySize.Text);
    }

    [Fact]
    public async Task Stream_beyond_the_limit_is_not_read()
    {
        var stream = new MemoryStream(new byte[10 << 20]);
        var mail = await MimeReader.ReadAsync(stream, new MimeLimits { MaxBytes = 1 << 20 });
        Assert.Equal([MimeDefect.MessageTruncated, MimeDefect.MissingHeaderEnd], mail.Defects);
        Assert.True(stream.Position < 4 << 20);
    }

    private sealed class Discard : IBufferWriter<byte>
    {
        private byte[] _buffer = new byte[64 * 1024];

        internal long Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_buffer.Length < sizeHint) _buffer = new byte[sizeHint];
            return _buffer;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
