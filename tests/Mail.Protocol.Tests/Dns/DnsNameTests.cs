using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Tests.Dns;

public sealed class DnsNameTests
{
    [Theory]
    [InlineData("Example.COM", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("_dmarc.example", "_dmarc.example")]
    [InlineData("a\\.b.example", "a\\.b.example")]
    [InlineData("a\\046b.example", "a\\.b.example")]
    [InlineData("a b.example", "a\\032b.example")]
    [InlineData("ü.example", "\\195\\188.example")]
    [InlineData("a\\\\b.example", "a\\\\b.example")]
    public void Names_have_one_normal_form(string name, string expected)
    {
        Assert.True(DnsName.TryNormalize(name, out var normal));
        Assert.Equal(expected, normal);
        Assert.True(DnsName.TryNormalize(normal, out var again));
        Assert.Equal(normal, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a\\")]
    [InlineData("a\\x.b")]
    [InlineData("a\\999.b")]
    public void What_is_no_name_is_refused(string name) => Assert.False(DnsName.TryNormalize(name, out _));

    [Fact]
    public void Half_a_surrogate_pair_is_no_character() => Assert.False(DnsName.TryNormalize("\ud800.example", out _));

    [Fact]
    public void Names_of_255_octets_fit_and_longer_ones_do_not()
    {
        var label = new string('a', 63);
        Assert.True(DnsName.TryNormalize($"{label}.{label}.{label}.{new string('a', 61)}", out _));
        Assert.False(DnsName.TryNormalize($"{label}.{label}.{label}.{new string('a', 62)}", out _));
        Assert.False(DnsName.TryNormalize(label + "a.example", out _));
        Assert.False(DnsName.TryNormalize(new string('x', 1_000_000), out _));
    }

    [Fact]
    public void Normalizing_ends_for_every_text_and_is_stable() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(),
        text => !DnsName.TryNormalize(text ?? "", out var normal) || (DnsName.TryNormalize(normal, out var again) && again == normal)));

    [Theory]
    [InlineData("C000")] // points to itself
    [InlineData("C002C000")] // points forward
    [InlineData("0161C000")] // a label, then back to it
    [InlineData("4161")] // reserved label type
    [InlineData("8161")]
    [InlineData("0361")] // cut off
    [InlineData("C0")]
    [InlineData("0161")]
    [InlineData("")]
    public void A_malformed_name_is_refused(string hex)
    {
        var offset = 0;
        Assert.False(DnsName.TryRead(Convert.FromHexString(hex), ref offset, out _));
    }

    [Fact]
    public void A_chain_of_pointers_is_followed_backwards_only()
    {
        // "a" at 0; at 3 a pointer to 0; at 5 a pointer to 3, and so on: 8,000 of them.
        var message = new List<byte> { 1, (byte)'a', 0 };
        for (var target = 0; message.Count < 0x3FFF; target = message.Count - 2)
            message.AddRange([(byte)(0xC0 | (target >> 8)), (byte)target]);
        var offset = message.Count - 2;

        Assert.True(DnsName.TryRead(message.ToArray(), ref offset, out var name));
        Assert.Equal(("a", message.Count), (name, offset));
    }

    [Fact]
    public void Pointers_cannot_make_a_name_longer_than_allowed()
    {
        // Each name is a label of 63 in front of the name before: the fifth would have over 255 octets.
        var message = new List<byte> { 0 };
        var starts = new List<int> { 0 };
        for (var i = 0; i < 5; i++)
        {
            starts.Add(message.Count);
            message.Add(63);
            message.AddRange(Enumerable.Repeat((byte)'a', 63));
            message.AddRange([(byte)(0xC0 | (starts[^2] >> 8)), (byte)starts[^2]]);
        }
        var third = starts[3];
        var fourth = starts[4];

        Assert.True(DnsName.TryRead(message.ToArray(), ref third, out _));
        Assert.False(DnsName.TryRead(message.ToArray(), ref fourth, out _));
    }

    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("::ffff:192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public void Reverse_names_are_built_from_the_end(string address, string expected) =>
        Assert.Equal(expected, ReverseName.Of(IPAddress.Parse(address)));
}
