using System.Net;
using System.Net.Sockets;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dns;

public sealed class StubResolverFailureTests : IAsyncLifetime
{
    private readonly TestDnsServer _first = TestDnsServer.Start();
    private readonly TestDnsServer _second = TestDnsServer.Start();
    private readonly DnsTestClock _clock = new();
    private readonly CancellationToken _none = CancellationToken.None;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task The_next_server_is_asked_when_one_fails()
    {
        _first.Zone.ServFail("example.com");
        _second.Zone.A("example.com", "192.0.2.2");

        var result = await Resolver().ResolveAAsync("example.com", _none);

        Assert.Equal([IPAddress.Parse("192.0.2.2")], result.Records);
    }

    [Fact]
    public async Task A_server_that_does_not_exist_is_passed_over()
    {
        _second.Zone.A("example.com", "192.0.2.2");

        var result = await Resolver(UnusedEndPoint(), _second.EndPoint).ResolveAAsync("example.com", _none);

        Assert.True(result.IsFound);
    }

    [Fact]
    public async Task A_silent_server_is_asked_last_for_a_while()
    {
        _first.Zone.Timeout("example.com");
        _first.Zone.A("next.example", "192.0.2.1");
        _second.Zone.A("example.com", "192.0.2.2").A("next.example", "192.0.2.2");
        var resolver = Resolver();
        var asking = resolver.ResolveAAsync("example.com", _none);
        await _first.WaitForQuestionsAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True((await asking).IsFound);

        Assert.Equal([IPAddress.Parse("192.0.2.2")], (await resolver.ResolveAAsync("next.example", _none)).Records);
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(DnsStatus.NxDomain, (await resolver.ResolveAAsync("gone.example", _none)).Status);
        Assert.Equal(["example.com", "gone.example"], _first.Questions.Select(q => q.Name.ToLowerInvariant()));
    }

    [Fact]
    public async Task Silence_of_all_servers_is_a_timeout_after_all_attempts()
    {
        _first.Zone.Timeout("example.com");
        var asking = Resolver(_first.EndPoint).ResolveAAsync("example.com", _none);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await _first.WaitForQuestionsAsync(attempt);
            _clock.Advance(TimeSpan.FromSeconds(4));
        }

        var result = await asking;
        Assert.Equal(DnsStatus.Timeout, result.Status);
        Assert.Contains("no answer within 3 s", result.Detail, StringComparison.Ordinal);
        Assert.True(result.IsTemporary);
    }

    [Fact]
    public async Task The_total_time_ends_a_question_that_waits_for_its_turn()
    {
        _first.Zone.Timeout("stuck.example");
        var resolver = new StubResolver(new StubResolverOptions
        {
            Servers = [_first.EndPoint],
            MaximumConcurrentQueries = 1,
            AttemptTimeout = TimeSpan.FromMinutes(1),
            TimeProvider = _clock,
        });
        var stuck = resolver.ResolveAAsync("stuck.example", _none);
        await _first.WaitForQuestionsAsync(1);
        var waiting = resolver.ResolveAAsync("waiting.example", _none);
        _clock.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(DnsStatus.Timeout, (await stuck).Status);
        Assert.Equal(DnsStatus.Timeout, (await waiting).Status);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("question")]
    [InlineData("direction")]
    public async Task A_message_that_does_not_answer_the_question_is_dropped_and_the_true_one_taken(string forged)
    {
        _first.Zone.A("a-name-with-many-letters.example", "192.0.2.1");
        using var sender = new ForgingServer(_first.EndPoint, forged);

        var result = await Resolver(sender.EndPoint).ResolveAAsync("a-name-with-many-letters.example", _none);

        Assert.Equal([IPAddress.Parse("192.0.2.1")], result.Records);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task An_answer_in_another_case_is_asked_for_again_over_tcp(bool randomizeCase, int questions)
    {
        _first.Zone.A("a-name-with-many-letters.example", "192.0.2.1");
        _first.Tamper = (question, answer) =>
        {
            for (var i = 13; i < question.Length - 5; i++)
                answer[i] = char.IsAsciiLetter((char)answer[i]) ? (byte)(answer[i] ^ 0x20) : answer[i];
            return answer;
        };
        var resolver = new StubResolver(new StubResolverOptions { Servers = [_first.EndPoint], TimeProvider = _clock, RandomizeCase = randomizeCase });

        Assert.True((await resolver.ResolveAAsync("a-name-with-many-letters.example", _none)).IsFound);
        Assert.Equal(questions, _first.Questions.Count);
        Assert.Equal(randomizeCase, _first.Questions.Last().IsTcp);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(2)]
    public async Task Failure_codes_are_server_failures_that_name_the_server(int rcode)
    {
        _first.Tamper = (_, answer) =>
        {
            answer[3] = (byte)(0x80 | rcode);
            return answer;
        };

        var result = await Resolver(_first.EndPoint).ResolveAAsync("example.com", _none);

        Assert.Equal(DnsStatus.ServFail, result.Status);
        Assert.Contains(_first.EndPoint.ToString(), result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_message_is_a_server_failure()
    {
        _first.Zone.A("example.com", "192.0.2.1");
        _first.Tamper = (_, answer) => answer[..^3];

        Assert.Equal(DnsStatus.ServFail, (await Resolver(_first.EndPoint).ResolveAAsync("example.com", _none)).Status);
    }

    [Fact]
    public async Task A_record_of_the_wrong_length_is_a_server_failure()
    {
        _first.Zone.Add("example.com", DnsRecordType.A, new byte[] { 192, 0, 2 });

        Assert.Equal(DnsStatus.ServFail, (await Resolver(_first.EndPoint).ResolveAAsync("example.com", _none)).Status);
    }

    private StubResolver Resolver(params IPEndPoint[] servers) => new(new StubResolverOptions
    {
        Servers = servers.Length > 0 ? servers : [_first.EndPoint, _second.EndPoint],
        TimeProvider = _clock,
    });

    private static IPEndPoint UnusedEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
