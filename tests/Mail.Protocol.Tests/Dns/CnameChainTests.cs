using System.Net;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dns;

public sealed class CnameChainTests : IAsyncLifetime
{
    private readonly TestDnsServer _server = TestDnsServer.Start();
    private readonly CancellationToken _none = CancellationToken.None;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_chain_is_followed_and_its_least_ttl_counts()
    {
        _server.Zone.Add("a.example", DnsRecordType.Cname, "b.example", 30).Cname("b.example", "c.example").A("c.example", "192.0.2.1");

        var result = await _server.CreateResolver().ResolveAAsync("a.example", _none);

        Assert.Equal([IPAddress.Parse("192.0.2.1")], result.Records);
        Assert.Equal(("c.example", 30.0), (result.CanonicalName, result.Ttl.TotalSeconds));
    }

    [Theory]
    [InlineData("gone", DnsStatus.NxDomain)]
    [InlineData("bare", DnsStatus.NoData)]
    public async Task The_end_of_the_chain_decides(string end, DnsStatus expected)
    {
        _server.Zone.Cname("a.example", "gone.example").Txt("bare.example", "x");
        if (end == "bare")
            _server.Zone.Remove("a.example").Cname("a.example", "bare.example");

        var result = await _server.CreateResolver().ResolveAAsync("a.example", _none);

        Assert.Equal((expected, end + ".example"), (result.Status, result.CanonicalName));
    }

    [Fact]
    public async Task A_chain_that_a_server_leaves_open_is_asked_on()
    {
        _server.Zone.Cname("a.example", "b.example").A("b.example", "192.0.2.1");
        _server.Tamper = (question, answer) => question.Name.StartsWith("a.", StringComparison.OrdinalIgnoreCase) ? OnlyFirstAnswer(question, answer) : answer;

        var result = await _server.CreateResolver().ResolveAAsync("a.example", _none);

        Assert.Equal([IPAddress.Parse("192.0.2.1")], result.Records);
        Assert.Equal(2, _server.Questions.Count);

        static byte[] OnlyFirstAnswer(TestDnsQuestion question, byte[] answer)
        {
            var record = 11 + 10 + 11;
            answer[7] = 1;
            answer[11] = 0;
            return answer[..(question.Length + record)];
        }
    }

    [Fact]
    public async Task A_loop_within_a_message_is_a_failure_at_once()
    {
        _server.Zone.Cname("a.example", "b.example").Cname("b.example", "a.example");
        _server.Tamper = (_, answer) =>
        {
            answer[3] &= 0xF0; // The zone gives up with SERVFAIL; a careless server would not.
            return answer;
        };

        var result = await _server.CreateResolver().ResolveAAsync("a.example", _none);

        Assert.Equal(DnsStatus.ServFail, result.Status);
        Assert.Contains("CNAME", result.Detail, StringComparison.Ordinal);
        Assert.Single(_server.Questions);
    }

    [Fact]
    public async Task A_chain_without_end_is_given_up()
    {
        for (var i = 0; i < 100; i++)
            _server.Zone.Cname($"n{i}.example", $"n{i + 1}.example");
        _server.Tamper = (question, answer) =>
        {
            answer[3] &= 0xF0;
            answer[7] = 1;
            answer[11] = 0;
            return answer[..(question.Length + RecordLength(answer, question.Length))];
        };

        var result = await _server.CreateResolver().ResolveAAsync("n0.example", _none);

        Assert.Equal(DnsStatus.ServFail, result.Status);
        Assert.InRange(_server.Questions.Count, 2, 14);

        static int RecordLength(byte[] answer, int at)
        {
            var start = at;
            while (answer[at] != 0)
                at += answer[at] + 1;
            return at + 11 + ((answer[at + 9] << 8) | answer[at + 10]) - start;
        }
    }
}
