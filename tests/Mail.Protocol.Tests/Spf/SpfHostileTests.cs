using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Dns;
using Mail.Protocol.Spf;
using Mail.Protocol.Tests.Dns;
using Mail.Protocol.Tests.Fuzz;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Spf;

public sealed class SpfHostileTests
{
    private readonly DnsZone _zone = new();

    [Fact]
    public async Task Macros_do_not_blow_up_a_name()
    {
        _zone.Txt("bomb.example", "v=spf1 exists:" + string.Concat(Enumerable.Repeat("%{s}", 15_000)) + ".example -all");
        var sender = new string('l', 60_000) + "@bomb.example";
        var before = GC.GetAllocatedBytesForCurrentThread();

        var outcome = await CheckSender(sender);

        Assert.Equal(SpfResult.Fail, outcome.Result);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public async Task Macros_that_keep_little_of_a_long_value_do_not_multiply_work()
    {
        _zone.Txt("bomb.example", "v=spf1 " + string.Concat(Enumerable.Repeat("exists:" + string.Concat(Enumerable.Repeat("%{s1r-}", 800)) + ".example ", 10)) + "-all");
        var sender = string.Concat(Enumerable.Repeat("-a", 3000)) + "@bomb.example";
        var before = GC.GetAllocatedBytesForCurrentThread();

        await CheckSender(sender);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public async Task Cutting_a_name_of_many_labels_takes_one_step()
    {
        _zone.Txt("cut.example", "v=spf1 exists:" + string.Concat(Enumerable.Repeat("a.", 3900)) + "example -all");
        var before = GC.GetAllocatedBytesForCurrentThread();

        await CheckSender("a@cut.example");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_record_of_many_terms_is_read_once_through()
    {
        _zone.Txt("long.example", "v=spf1 " + string.Join(' ', Enumerable.Repeat("ip4:198.51.100.1", 3800)) + " ip4:192.0.2.1 -all");

        Assert.Equal(SpfResult.Pass, (await CheckSender("a@long.example")).Result);
    }

    [Fact]
    public async Task Nested_includes_stop_at_the_limit_with_few_questions()
    {
        for (var i = 0; i < 1000; i++)
            _zone.Txt($"n{i}.example", $"v=spf1 include:n{i + 1}.example include:n{i + 2}.example -all");
        var resolver = new FakeDnsResolver(_zone);

        var outcome = await SpfEvaluator.CheckMailFromAsync(IPAddress.Parse("192.0.2.1"), "a@n0.example", "h.example", resolver, null, CancellationToken.None);

        Assert.Equal(SpfResult.Permerror, outcome.Result);
        Assert.Equal(11, resolver.Questions.Count);
    }

    [Fact]
    public async Task The_names_of_a_client_are_validated_once()
    {
        _zone.Txt("x.example", "v=spf1 " + string.Concat(Enumerable.Repeat("ptr:%{p}.none.example ", 10)) + "-all exp=%{p}.example").A("h.example", "192.0.2.1");
        for (var i = 0; i < 100; i++)
            _zone.Ptr("192.0.2.1", $"h{i}.example");
        var resolver = new FakeDnsResolver(_zone);

        var outcome = await SpfEvaluator.CheckMailFromAsync(IPAddress.Parse("192.0.2.1"), "a@x.example", "h.example", resolver, null, CancellationToken.None);

        Assert.Equal(SpfResult.Fail, outcome.Result);
        Assert.Equal(1, resolver.Questions.Count(q => q.Type == DnsRecordType.Ptr));
        Assert.Equal(10, resolver.Questions.Count(q => q.Type == DnsRecordType.A));
    }

    [Fact]
    public async Task An_explanation_cannot_carry_a_line_break()
    {
        _zone.Txt("x.example", "v=spf1 exp=why.example -all").Txt("why.example", "hello %{l}");

        Assert.Equal("hello joe", (await CheckSender("joe@x.example")).Explanation);
        Assert.Null((await CheckSender("joe\r\nBcc: all@x.example")).Explanation);
    }

    [Fact]
    public async Task A_check_that_takes_too_long_is_a_temperror()
    {
        var clock = new DnsTestClock();
        var resolver = new StallingResolver();
        var checking = SpfEvaluator.CheckMailFromAsync(
            IPAddress.Parse("192.0.2.1"), "a@x.example", "h.example", resolver, new SpfOptions { TimeProvider = clock }, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(SpfResult.Temperror, (await checking).Result);
    }

    [Fact]
    public async Task Cancelling_ends_the_check()
    {
        using var cancel = new CancellationTokenSource();
        var checking = SpfEvaluator.CheckMailFromAsync(IPAddress.Loopback, "a@x.example", "h.example", new StallingResolver(), null, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => checking);
    }

    [Fact]
    public void Any_record_is_evaluated_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        octets => SpfRecordFuzzTarget.Run(octets)));

    [Fact]
    public void Any_record_of_the_right_letters_is_evaluated_or_refused()
    {
        var pieces = new[]
        {
            "a", "mx", "ptr", "include", "exists", "redirect", "exp", "=", ":", "/", "//", "%{", "}", "%", "d", "l1r-", "ip4", "ip6", "192.0.2.1",
            "::1", "32", "0", " ", "-", "~", "?", "+", ".", "a.example", "all", "%%", "%_", "%-", "{", "p", "s9", "129",
        };
        var records = Gen.Elements(pieces).ArrayOf().Select(string.Concat);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(records.ToArbitrary(), text => SpfRecordFuzzTarget.Run(System.Text.Encoding.Latin1.GetBytes(text))));
    }

    private Task<SpfOutcome> CheckSender(string sender) => SpfEvaluator.CheckMailFromAsync(
        IPAddress.Parse("192.0.2.1"), sender, "h.example", new FakeDnsResolver(_zone), null, CancellationToken.None);

    private sealed class StallingResolver : IDnsResolver
    {
        public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) => Stall<MxRecord>(cancellationToken);

        public Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken) => Stall<string>(cancellationToken);

        public Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) => Stall<IPAddress>(cancellationToken);

        public Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) => Stall<IPAddress>(cancellationToken);

        public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) => Stall<string>(cancellationToken);

        public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) => Stall<string>(cancellationToken);

        public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) => Stall<TlsaRecord>(cancellationToken);

        public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) => Stall<CaaRecord>(cancellationToken);

        private static Task<DnsResult<T>> Stall<T>(CancellationToken cancellationToken) =>
            new TaskCompletionSource<DnsResult<T>>().Task.WaitAsync(cancellationToken);
    }
}
