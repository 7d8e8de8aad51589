using Mail.Protocol.Dns;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dns;

public sealed class StubResolverCacheTests : IAsyncLifetime
{
    private readonly TestDnsServer _server = TestDnsServer.Start();
    private readonly DnsTestClock _clock = new();
    private readonly CancellationToken _none = CancellationToken.None;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task An_answer_is_kept_for_its_ttl_and_tells_what_is_left_of_it()
    {
        _server.Zone.A("example.com", "192.0.2.1");
        var resolver = Resolver();
        Assert.Equal(300, (await resolver.ResolveAAsync("example.com", _none)).Ttl.TotalSeconds);

        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(200, (await resolver.ResolveAAsync("EXAMPLE.com.", _none)).Ttl.TotalSeconds);
        Assert.Single(_server.Questions);

        _clock.Advance(TimeSpan.FromSeconds(200));
        await resolver.ResolveAAsync("example.com", _none);
        Assert.Equal(2, _server.Questions.Count);
    }

    [Theory]
    [InlineData("missing.example")]
    [InlineData("bare.example")]
    public async Task A_negative_answer_is_kept_for_the_time_of_the_soa(string name)
    {
        _server.Zone.Txt("bare.example", "x");
        var resolver = Resolver();
        Assert.Equal(60, (await resolver.ResolveAAsync(name, _none)).Ttl.TotalSeconds);
        _clock.Advance(TimeSpan.FromSeconds(59));
        await resolver.ResolveAAsync(name, _none);
        Assert.Single(_server.Questions);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await resolver.ResolveAAsync(name, _none);
        Assert.Equal(2, _server.Questions.Count);
    }

    [Fact]
    public async Task A_failure_is_kept_for_a_second()
    {
        _server.Zone.ServFail("example.com");
        var resolver = Resolver();
        await resolver.ResolveAAsync("example.com", _none);
        await resolver.ResolveAAsync("example.com", _none);
        var asked = _server.Questions.Count;
        _server.Zone.Remove("example.com").A("example.com", "192.0.2.1");
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await resolver.ResolveAAsync("example.com", _none)).IsFound);
        Assert.Equal(asked + 1, _server.Questions.Count);
    }

    [Fact]
    public async Task A_ttl_is_cut_to_the_maximum_and_one_with_the_top_bit_is_zero()
    {
        _server.Zone.Add("long.example", DnsRecordType.Txt, new[] { "x" }, ttlSeconds: 30 * 86400)
            .Add("odd.example", DnsRecordType.Txt, new[] { "x" }, ttlSeconds: 0x8000_0001);
        var resolver = Resolver();

        Assert.Equal(TimeSpan.FromDays(1), (await resolver.ResolveTxtAsync("long.example", _none)).Ttl);
        Assert.Equal(TimeSpan.Zero, (await resolver.ResolveTxtAsync("odd.example", _none)).Ttl);
    }

    [Fact]
    public async Task Types_do_not_share_answers()
    {
        _server.Zone.A("example.com", "192.0.2.1").Txt("example.com", "x");
        var resolver = Resolver();

        Assert.Single((await resolver.ResolveAAsync("example.com", _none)).Records);
        Assert.Equal(["x"], (await resolver.ResolveTxtAsync("example.com", _none)).Records);
    }

    [Fact]
    public async Task Old_answers_leave_when_the_cache_is_full_and_used_ones_stay()
    {
        var resolver = Resolver(maximumEntries: 100);
        _server.Zone.A("used.example", "192.0.2.1");
        for (var i = 0; i < 1000; i++)
        {
            await resolver.ResolveAAsync("used.example", _none);
            await resolver.ResolveAAsync($"n{i}.example", _none);
        }
        Assert.Equal(1, _server.Questions.Count(q => q.Name.Equals("used.example", StringComparison.OrdinalIgnoreCase)));

        await resolver.ResolveAAsync("n0.example", _none);
        Assert.Equal(1002, _server.Questions.Count);
    }

    [Fact]
    public void Large_answers_count_by_their_size()
    {
        var cache = new DnsCache(_clock, maximumEntries: 1_000_000, maximumBytes: 1 << 20);
        var result = new DnsResult<string> { Status = DnsStatus.Found, Ttl = TimeSpan.FromHours(1) };
        for (var i = 0; i < 1000; i++)
            cache.Put(new DnsKey($"n{i}", DnsRecordType.Txt), result, bytes: 60_000);

        var kept = Enumerable.Range(0, 1000).Count(i => cache.TryGet<string>(new DnsKey($"n{i}", DnsRecordType.Txt), out _));
        Assert.InRange(kept, 1, (1 << 20) / 60_000);
    }

    [Fact]
    public async Task A_cache_of_no_entries_keeps_nothing()
    {
        var resolver = Resolver(maximumEntries: 0);
        await resolver.ResolveAAsync("example.com", _none);
        await resolver.ResolveAAsync("example.com", _none);

        Assert.Equal(2, _server.Questions.Count);
    }

    private StubResolver Resolver(int maximumEntries = 1000) => new(new StubResolverOptions
    {
        Servers = [_server.EndPoint],
        MaximumCacheEntries = maximumEntries,
        TimeProvider = _clock,
    });
}
