using Mail.Protocol.Dns;

namespace Mail.Protocol.Tests.Dns;

public sealed class ResolvConfTests
{
    [Theory]
    [InlineData("nameserver 192.0.2.1\nnameserver 2001:db8::1 # backup\n", "192.0.2.1:53 [2001:db8::1]:53")]
    [InlineData("# nameserver 192.0.2.9\nsearch example.com\nnameserver\t192.0.2.1;x\r\noptions timeout:1\n", "192.0.2.1:53")]
    [InlineData("nameserver fe80::1%1", "[fe80::1%1]:53")]
    [InlineData("", "127.0.0.1:53")]
    [InlineData("nameserver\nnameserver 1\nnameserver dns.example\nnameservers 192.0.2.1", "127.0.0.1:53")]
    public void Servers_are_read_in_order(string text, string expected) => Assert.Equal(expected, string.Join(' ', ResolvConf.Parse(text)));

    [Fact]
    public void A_thousand_servers_are_too_many() =>
        Assert.Equal(8, ResolvConf.Parse(string.Concat(Enumerable.Range(0, 1000).Select(i => $"nameserver 192.0.2.{i % 256}\n"))).Count);

    [Fact]
    public void A_file_that_is_not_there_means_the_local_machine() =>
        Assert.Equal("127.0.0.1:53", ResolvConf.ReadSystem("/nonexistent/resolv.conf").Single().ToString());
}
