using System.Net;
using System.Text;
using Mail.Inbound.Session;
using Mail.TestKit;

namespace Mail.Inbound.Tests.Session;

public sealed class ProxyHeaderTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private static readonly IPAddress Peer = IPAddress.Parse("10.0.0.1");
    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 192.0.2.1 5 25\r\n", "192.0.2.7")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 5 25\r\n", "2001:db8::7")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.7 ::1 5 25\r\n", "192.0.2.7")]
    [InlineData("PROXY UNKNOWN\r\n", "10.0.0.1")]
    [InlineData("PROXY UNKNOWN what follows is ignored\r\n", "10.0.0.1")]
    public void Line_names_the_client(string line, string client)
    {
        var octets = Encoding.ASCII.GetBytes(line + "EHLO");
        Assert.Equal((line.Length, IPAddress.Parse(client)), ProxyHeader.Parse(octets, Peer));
        for (var cut = 0; cut < line.Length; cut++)
            Assert.Equal((0, null), ProxyHeader.Parse(octets.AsSpan(0, cut), Peer));
    }

    [Theory]
    [InlineData("EHLO client.test\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 192.0.2.1 5 99999\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 192.0.2.1 -5 25\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 192.0.2.1 5 25\r\n")]
    [InlineData("PROXY TCP4 7 192.0.2.1 5 25\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 5 25\r\n")]
    [InlineData("PROXY  TCP4 192.0.2.7 192.0.2.1 5 25\r\n")]
    [InlineData("PROXY UDP4 192.0.2.7 192.0.2.1 5 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 192.0.2.1 5 25                                                                          x\r\n")]
    public void Other_lines_are_none(string line) => Assert.Equal((-1, null), ProxyHeader.Parse(Encoding.ASCII.GetBytes(line), Peer));

    [Fact]
    public void Binary_header_names_the_client()
    {
        byte[] four = [.. Signature, 0x21, 0x11, 0, 15, 192, 0, 2, 7, 192, 0, 2, 1, 0, 5, 0, 25, 4, 0, 0];
        byte[] six = [.. Signature, 0x21, 0x21, 0, 36, .. IPAddress.Parse("2001:db8::7").GetAddressBytes(), .. new byte[20]];
        byte[] local = [.. Signature, 0x20, 0x00, 0, 0];

        Assert.Equal((31, IPAddress.Parse("192.0.2.7")), ProxyHeader.Parse([.. four, 1, 2], Peer));
        Assert.Equal((52, IPAddress.Parse("2001:db8::7")), ProxyHeader.Parse(six, Peer));
        Assert.Equal((16, Peer), ProxyHeader.Parse(local, Peer));
        for (var cut = 0; cut < four.Length; cut++)
            Assert.Equal((0, null), ProxyHeader.Parse(four.AsSpan(0, cut), Peer));
    }

    [Theory]
    [InlineData(0x11, 0x11, 12)] // another version
    [InlineData(0x22, 0x11, 12)] // another command
    [InlineData(0x21, 0x12, 12)] // datagrams
    [InlineData(0x21, 0x11, 11)] // too short for its addresses
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x11, 5000)] // more than is waited for
    public void Other_binary_headers_are_none(int command, int family, int length) => Assert.Equal(-1, ProxyHeader.Parse(
        [.. Signature, (byte)command, (byte)family, (byte)(length >> 8), (byte)length, .. new byte[length]], Peer).Length);

    [Fact]
    public async Task Balancer_speaks_for_its_clients_and_nobody_else_does()
    {
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, clock: new ManualTime(),
            settings: [("Mail:Inbound:ProxyFrom:0", "10.0.0.0/8"), ("Mail:Inbound:MaxSessionsPerAddress", "1")]);
        await using var first = new LineClient(host.Connect(new IPEndPoint(Peer, 1)));
        await first.SendAsync("PROXY TCP4 192.0.2.7 192.0.2.1 5 25");
        Assert.StartsWith("220 ", await first.ReplyAsync());
        await using var other = new LineClient(host.Connect(new IPEndPoint(Peer, 2)));
        await other.SendAsync("PROXY TCP4 192.0.2.8 192.0.2.1 5 25");
        Assert.StartsWith("220 ", await other.ReplyAsync());
        await using var same = new LineClient(host.Connect(new IPEndPoint(Peer, 3)));
        await same.SendAsync("PROXY TCP4 192.0.2.7 192.0.2.1 5 25");
        Assert.StartsWith("421 4.3.2", await same.ReplyAsync());

        await using var silent = new LineClient(host.Connect(new IPEndPoint(Peer, 4)));
        await silent.SendAsync("EHLO client.test");
        Assert.Null(await silent.ReplyAsync());
        await using var liar = new LineClient(host.Connect(new IPEndPoint(IPAddress.Parse("198.51.100.1"), 5)));
        Assert.StartsWith("220 ", await liar.ReplyAsync());
        Assert.StartsWith("500 ", await liar.AskAsync("PROXY TCP4 192.0.2.9 192.0.2.1 5 25"));
    }
}
