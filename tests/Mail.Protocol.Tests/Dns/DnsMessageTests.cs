using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Dns;
using Mail.TestKit;

namespace Mail.Protocol.Tests.Dns;

public sealed class DnsMessageTests
{
    private static readonly byte[] _header = [0, 1, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0];

    [Fact]
    public void Any_octets_are_read_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        octets =>
        {
            byte[] message = [.. _header, .. octets];
            for (var i = 4; i < 12; i++)
                message[i] = (byte)(octets.Length > i ? octets[i] % 4 : 0);
            return DnsMessage.Read(message) is null or { Answers.Count: <= 65535 };
        }));

    [Fact]
    public void Counts_are_not_believed()
    {
        byte[] message = [.. _header];
        message[6] = message[7] = 0xFF;

        Assert.Null(DnsMessage.Read(message));
    }

    [Fact]
    public void The_largest_message_of_the_smallest_records_is_read_in_bounded_time()
    {
        // 5,000 records, each named by a pointer to a name of 255 octets with escapes.
        var message = new List<byte>(_header);
        for (var label = 0; label < 127; label++)
            message.AddRange([1, 0]);
        message.Add(0);
        message.AddRange([0, 1, 0, 1]);
        message[5] = 1;
        var count = 0;
        for (; message.Count + 12 <= 65535; count++)
            message.AddRange([0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, 0]);
        (message[6], message[7]) = ((byte)(count >> 8), (byte)count);
        var bytes = message.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var began = ThreadTime.Now;

        var read = DnsMessage.Read(bytes);

        Assert.Equal(count, read!.Answers.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
        Assert.InRange(ThreadTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Extended_response_codes_are_put_together()
    {
        byte[] message = [.. _header, 0, 0, 41, 4, 0, 1, 0, 0, 0, 0, 0];
        message[11] = 1;

        Assert.Equal(16, DnsMessage.Read(message)!.Rcode);
    }
}
