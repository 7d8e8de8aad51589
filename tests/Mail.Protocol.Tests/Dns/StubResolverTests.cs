using System.Net;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dns;

public sealed class StubResolverTests : IAsyncLifetime
{
    private readonly TestDnsServer _server = TestDnsServer.Start();
    private readonly CancellationToken _none = CancellationToken.None;

    private DnsZone Zone => _server.Zone;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Every_record_type_is_read()
    {
        Zone.Mx("example.com", 10, "mx.example.com").Txt("example.com", "v=spf1 ", "-all").A("mx.example.com", "192.0.2.1")
            .Aaaa("mx.example.com", "2001:db8::1").Cname("www.example.com", "mx.example.com").Ptr("192.0.2.1", "mx.example.com")
            .Tlsa("_25._tcp.mx.example.com", 3, 1, 1, [1, 2, 3]).Caa("example.com", 128, "ISSUE", "ca.example");
        var resolver = _server.CreateResolver();

        Assert.Equal([new MxRecord(10, "mx.example.com")], (await resolver.ResolveMxAsync("example.com", _none)).Records);
        Assert.Equal(["v=spf1 -all"], (await resolver.ResolveTxtAsync("example.com", _none)).Records);
        Assert.Equal([IPAddress.Parse("192.0.2.1")], (await resolver.ResolveAAsync("mx.example.com", _none)).Records);
        Assert.Equal([IPAddress.Parse("2001:db8::1")], (await resolver.ResolveAaaaAsync("mx.example.com", _none)).Records);
        Assert.Equal(["mx.example.com"], (await resolver.ResolveCnameAsync("www.example.com", _none)).Records);
        Assert.Equal(["mx.example.com"], (await resolver.ResolvePtrAsync("1.2.0.192.in-addr.arpa", _none)).Records);
        Assert.Equal([new CaaRecord(128, "issue", "ca.example")], (await resolver.ResolveCaaAsync("example.com", _none)).Records);
        var tlsa = Assert.Single((await resolver.ResolveTlsaAsync("_25._tcp.mx.example.com", _none)).Records);
        Assert.Equal((3, 1, 1, "010203"), (tlsa.Usage, tlsa.Selector, tlsa.MatchingType, Convert.ToHexString(tlsa.Data.Span)));
    }

    [Fact]
    public async Task The_null_mx_is_the_empty_exchange()
    {
        Zone.NullMx("quiet.example");

        Assert.Equal([new MxRecord(0, "")], (await _server.CreateResolver().ResolveMxAsync("quiet.example", _none)).Records);
    }

    [Theory]
    [InlineData("missing.example", DnsStatus.NxDomain)]
    [InlineData("bare.example", DnsStatus.NoData)]
    [InlineData("parent.example", DnsStatus.NoData)]
    [InlineData("broken.example", DnsStatus.ServFail)]
    [InlineData("", DnsStatus.Invalid)]
    [InlineData(".", DnsStatus.Invalid)]
    [InlineData("a..example", DnsStatus.Invalid)]
    [InlineData(".example", DnsStatus.Invalid)]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234.example", DnsStatus.Invalid)]
    public async Task Failures_are_told_apart(string name, DnsStatus expected)
    {
        Zone.A("bare.example", "192.0.2.1").A("child.parent.example", "192.0.2.1").ServFail("broken.example");

        var result = await _server.CreateResolver().ResolveMxAsync(name, _none);

        Assert.Equal(expected, result.Status);
        Assert.Empty(result.Records);
    }

    [Fact]
    public async Task A_name_over_255_octets_is_never_sent()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 63), 4)) + ".example";

        Assert.Equal(DnsStatus.Invalid, (await _server.CreateResolver().ResolveAAsync(name, _none)).Status);
        Assert.Empty(_server.Questions);
    }

    [Fact]
    public async Task What_does_not_fit_a_datagram_comes_over_tcp()
    {
        for (var i = 0; i < 100; i++)
            Zone.Txt("big.example", $"{i:D3}" + new string('x', 250));

        var result = await _server.CreateResolver().ResolveTxtAsync("big.example", _none);

        Assert.Equal(100, result.Records.Count);
        Assert.Equal([false, true], _server.Questions.Select(q => q.IsTcp));
    }

    [Fact]
    public async Task Edns_offers_1232_octets_and_is_left_out_for_a_server_that_does_not_know_it()
    {
        Zone.A("old.example", "192.0.2.1");
        _server.Tamper = (question, answer) => question.UdpPayload is null ? answer : FormErr(answer);

        var result = await _server.CreateResolver().ResolveAAsync("old.example", _none);

        Assert.True(result.IsFound);
        Assert.Equal([1232, null], _server.Questions.Select(q => q.UdpPayload));

        // Without the question, as a server answers that could not read it.
        static byte[] FormErr(byte[] answer) => [answer[0], answer[1], 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    [Fact]
    public async Task The_name_is_asked_in_random_case_and_answered_in_lower_case()
    {
        Zone.Mx("a-rather-long-name.example", 10, "mx.a-rather-long-name.example");

        var result = await _server.CreateResolver().ResolveMxAsync("A-Rather-Long-Name.EXAMPLE.", _none);

        Assert.Equal("mx.a-rather-long-name.example", result.Records[0].Exchange);
        Assert.Equal("a-rather-long-name.example", result.CanonicalName);
        var asked = _server.Questions.Single().Name;
        Assert.True(asked.Any(char.IsAsciiLetterUpper) && asked.Any(char.IsAsciiLetterLower), asked);
    }

    [Fact]
    public async Task Ids_differ_between_questions()
    {
        var ids = new HashSet<int>();
        _server.Tamper = (_, answer) =>
        {
            ids.Add((answer[0] << 8) | answer[1]);
            return answer;
        };
        var resolver = _server.CreateResolver();
        for (var i = 0; i < 20; i++)
            await resolver.ResolveAAsync($"n{i}.example", _none);

        Assert.InRange(ids.Count, 15, 20);
    }

    [Fact]
    public async Task The_authentic_bit_is_passed_on()
    {
        Zone.A("signed.example", "192.0.2.1");
        Zone.IsAuthentic = true;
        Assert.True((await _server.CreateResolver().ResolveAAsync("signed.example", _none)).IsAuthentic);

        Zone.IsAuthentic = false;
        Assert.False((await _server.CreateResolver().ResolveAAsync("signed.example", _none)).IsAuthentic);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_question()
    {
        Zone.A("busy.example", "192.0.2.1");
        var resolver = _server.CreateResolver();

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => resolver.ResolveAAsync("busy.example", CancellationToken.None)));

        Assert.All(results, r => Assert.True(r.IsFound));
        Assert.Single(_server.Questions);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_take_the_answer_from_others()
    {
        Zone.A("slow.example", "192.0.2.1");
        var arrived = new TaskCompletionSource();
        using var released = new ManualResetEventSlim();
        _server.Tamper = (_, answer) =>
        {
            arrived.TrySetResult();
            released.Wait(TimeSpan.FromSeconds(30), _none);
            return answer;
        };
        var resolver = _server.CreateResolver();
        using var impatience = new CancellationTokenSource();
        var impatient = resolver.ResolveAAsync("slow.example", impatience.Token);
        var patient = resolver.ResolveAAsync("slow.example", _none);
        await arrived.Task;
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        released.Set();
        Assert.True((await patient).IsFound);
    }

    [Fact]
    public async Task Ten_thousand_domains_are_resolved_at_once()
    {
        for (var i = 0; i < 10_000; i++)
            Zone.Mx($"d{i}.example", 10, $"mx.d{i}.example");
        // A clock that stands still: the test is about questions and answers, not about how busy the machine is.
        var resolver = new StubResolver(new StubResolverOptions { Servers = [_server.EndPoint], TimeProvider = new DnsTestClock() });

        var results = await Task.Run(() => Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => resolver.ResolveMxAsync($"d{i}.example", _none))));

        Assert.All(results, r => Assert.Equal(DnsStatus.Found, r.Status));
    }
}
