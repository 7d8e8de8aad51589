using System.Net;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dns;

public sealed class MailRouteLookupTests
{
    private readonly DnsZone _zone = new();

    [Fact]
    public async Task Hosts_come_in_order_of_preference_with_all_addresses()
    {
        _zone.Mx("example.com", 20, "b.example").Mx("example.com", 10, "a.example")
            .A("a.example", "192.0.2.1", "192.0.2.2").Aaaa("a.example", "2001:db8::1").A("b.example", "192.0.2.3");

        var hosts = await FindHosts("example.com");

        Assert.Equal(["a.example", "b.example"], hosts.List.Select(h => h.Name));
        Assert.Equal(["2001:db8::1", "192.0.2.1", "192.0.2.2"], hosts.List[0].Addresses.Select(a => a.ToString()));
        Assert.Equal([10, 20], hosts.List.Select(h => (int)h.Preference));
        Assert.False(hosts.IsImplicit);
    }

    [Fact]
    public async Task Equal_preferences_are_shuffled_and_others_stay_in_place()
    {
        _zone.Mx("example.com", 1, "first.example").A("first.example", "192.0.2.1").Mx("example.com", 99, "last.example").A("last.example", "192.0.2.1");
        for (var i = 0; i < 5; i++)
            _zone.Mx("example.com", 10, $"m{i}.example").A($"m{i}.example", "192.0.2.1");
        var orders = new HashSet<string>();
        var random = new Random(1);
        for (var i = 0; i < 50; i++)
        {
            var names = (await FindHosts("example.com", random)).List.Select(h => h.Name).ToList();
            Assert.Equal(("first.example", "last.example"), (names[0], names[^1]));
            orders.Add(string.Join(' ', names));
        }

        Assert.InRange(orders.Count, 20, 50);
    }

    [Fact]
    public async Task Without_mx_the_domain_itself_is_the_host()
    {
        _zone.A("example.com", "192.0.2.1").Txt("example.com", "x");

        var hosts = await FindHosts("example.com");

        Assert.True(hosts.IsImplicit);
        Assert.Equal(("example.com", 0), (hosts.List.Single().Name, (int)hosts.List.Single().Preference));
    }

    [Fact]
    public async Task An_alias_is_followed_before_mx_and_before_the_implicit_host()
    {
        _zone.Cname("alias.example", "real.example").Mx("real.example", 5, "mx.example").A("mx.example", "192.0.2.1")
            .Cname("alias2.example", "bare.example").A("bare.example", "192.0.2.2");

        Assert.Equal("mx.example", (await FindHosts("alias.example")).List.Single().Name);
        Assert.Equal("bare.example", (await FindHosts("alias2.example")).List.Single().Name);
    }

    [Fact]
    public async Task A_null_mx_takes_no_mail_although_the_domain_has_an_address()
    {
        _zone.NullMx("quiet.example").A("quiet.example", "192.0.2.1");

        Assert.IsType<MailRoute.NullMx>(await Find("quiet.example"));
    }

    [Fact]
    public async Task A_null_mx_beside_hosts_is_passed_over()
    {
        _zone.NullMx("odd.example").Mx("odd.example", 10, "mx.example").A("mx.example", "192.0.2.1");

        Assert.Equal("mx.example", (await FindHosts("odd.example")).List.Single().Name);
    }

    [Theory]
    [InlineData("missing.example", typeof(MailRoute.NoSuchDomain))]
    [InlineData("a..example", typeof(MailRoute.NoSuchDomain))]
    [InlineData("bare.example", typeof(MailRoute.NoUsableHost))]
    [InlineData("dangling.example", typeof(MailRoute.NoUsableHost))]
    [InlineData("servfail.example", typeof(MailRoute.TemporaryFailure))]
    [InlineData("timeout.example", typeof(MailRoute.TemporaryFailure))]
    [InlineData("hostfail.example", typeof(MailRoute.TemporaryFailure))]
    [InlineData("implicitfail.example", typeof(MailRoute.TemporaryFailure))]
    [InlineData("loop.example", typeof(MailRoute.TemporaryFailure))]
    public async Task What_cannot_be_routed_says_why(string domain, Type expected)
    {
        _zone.Txt("bare.example", "x").Mx("dangling.example", 10, "nowhere.example").ServFail("servfail.example").Timeout("timeout.example")
            .Mx("hostfail.example", 10, "nowhere.example").Mx("hostfail.example", 20, "down.example").ServFail("down.example")
            .Txt("implicitfail.example", "x").Timeout("implicitfail.example", DnsRecordType.A)
            .Cname("loop.example", "loop2.example").Cname("loop2.example", "loop.example");

        Assert.IsType(expected, await Find(domain));
    }

    [Fact]
    public async Task A_host_that_cannot_be_looked_up_now_does_not_hold_up_the_others()
    {
        _zone.Mx("example.com", 10, "down.example").ServFail("down.example").Mx("example.com", 20, "up.example").A("up.example", "192.0.2.1");

        Assert.Equal("up.example", (await FindHosts("example.com")).List.Single().Name);
    }

    [Fact]
    public async Task One_family_that_fails_does_not_hide_the_other()
    {
        _zone.Mx("example.com", 10, "mx.example").A("mx.example", "192.0.2.1").Timeout("mx.example", DnsRecordType.Aaaa);

        Assert.Equal([IPAddress.Parse("192.0.2.1")], (await FindHosts("example.com")).List.Single().Addresses);
    }

    [Fact]
    public async Task Hosts_and_addresses_are_bounded()
    {
        for (var i = 0; i < 500; i++)
            _zone.Mx("many.example", (ushort)i, $"m{i}.example").A($"m{i}.example", "192.0.2.1");
        _zone.A("m0.example", [.. Enumerable.Range(1, 200).Select(i => $"198.51.100.{i}")]);
        var resolver = new FakeDnsResolver(_zone);

        var hosts = Assert.IsType<MailRoute.Hosts>(await MailRouteLookup.FindAsync("many.example", resolver, CancellationToken.None));

        Assert.Equal(MailRouteLookup.MaximumHosts, hosts.List.Count);
        Assert.Equal(MailRouteLookup.MaximumAddresses, hosts.List[0].Addresses.Count);
        Assert.Equal(1 + (2 * MailRouteLookup.MaximumHosts), resolver.Questions.Count);
    }

    [Fact]
    public async Task The_same_host_listed_twice_is_tried_once()
    {
        _zone.Mx("example.com", 10, "mx.example").Mx("example.com", 20, "MX.example").A("mx.example", "192.0.2.1");

        Assert.Equal("mx.example", (await FindHosts("example.com")).List.Single().Name);
    }

    [Fact]
    public async Task Authentic_answers_are_passed_on_for_dane()
    {
        _zone.Mx("example.com", 10, "mx.example").A("mx.example", "192.0.2.1");
        _zone.IsAuthentic = true;

        var hosts = await FindHosts("example.com");

        Assert.True(hosts.IsAuthentic);
        Assert.True(hosts.List.Single().IsAuthentic);
    }

    private async Task<MailRoute.Hosts> FindHosts(string domain, Random? random = null) => Assert.IsType<MailRoute.Hosts>(await Find(domain, random));

    private Task<MailRoute> Find(string domain, Random? random = null) =>
        MailRouteLookup.FindAsync(domain, new FakeDnsResolver(_zone), CancellationToken.None, random);
}
