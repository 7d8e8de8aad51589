using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using Mail.Inbound.Session;
using Xunit.Abstractions;

namespace Mail.Inbound.Tests.Faults;

/// <summary>Clients that want to wear the listener out: its memory stays bounded, and mail of others gets through.</summary>
public sealed class FloodTests(InboundFixture fixture, ITestOutputHelper output) : IClassFixture<InboundFixture>, IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly List<Stream> _streams = [];
    private ListenerProcess _listener = null!;
    private HealthMail _health = null!;
    private long _before;

    public async Task InitializeAsync()
    {
        await fixture.ClearAsync();
        _listener = await ListenerProcess.StartAsync(fixture.Database.ConnectionString);
        _health = new HealthMail(_listener);
        await _health.FirstAsync();
        _before = _listener.Memory();
    }

    public async Task DisposeAsync()
    {
        await _health.DisposeAsync();
        foreach (var stream in _streams)
            await stream.DisposeAsync();
        await _listener.DisposeAsync();
    }

    [Fact]
    public async Task Five_thousand_connections_that_do_nearly_nothing()
    {
        for (var i = 0; i < 5_000; i++)
        {
            var stream = await OpenAsync();
            if (i % 2 == 0)
                await stream.WriteAsync("EHLO cl"u8.ToArray());
        }

        await CheckAsync(growth: 400);
    }

    [Fact]
    public async Task Clients_that_send_and_never_read()
    {
        var commands = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("NOOP\r\n", 50_000)));
        var writing = new List<Task>();
        for (var i = 0; i < 40; i++)
        {
            var stream = await OpenAsync();
            await ReadGreetingAsync(stream);
            for (var part = 0; part < 10; part++)
                writing.Add(stream.WriteAsync(commands).AsTask());
        }

        await CheckAsync(growth: 500);
        await ForgetAsync(writing);
    }

    [Fact]
    public async Task Messages_that_trickle_and_never_end()
    {
        var line = Encoding.ASCII.GetBytes(new string('x', 998) + "\r\n");
        for (var i = 0; i < 300; i++)
        {
            var client = new LineClient(await OpenAsync());
            await client.GreetAsync();
            Assert.StartsWith("354", await client.AskAsync("MAIL FROM:<a@client.test>", "RCPT TO:<one@local.test>", "DATA"));
            for (var part = 0; part < 20; part++)
                await client.SendRawAsync(line);
        }

        await CheckAsync(growth: 400);
    }

    [Fact]
    public async Task Handshakes_that_are_begun_and_thrown_away()
    {
        for (var i = 0; i < 300; i++)
        {
            // Nothing, what is no handshake, and the head of a record of which the rest never comes.
            var stream = await OpenAsync(SmtpServiceKind.SubmissionTls);
            if (i % 3 == 1)
                await stream.WriteAsync(RandomNumberGenerator.GetBytes(100));
            if (i % 3 == 2)
                await stream.WriteAsync(new byte[] { 0x16, 3, 1, 0x40, 0 });
        }
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ShakeAsync(100)));

        await CheckAsync(growth: 400);
    }

    private async Task ShakeAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await using var tls = new SslStream(await _listener.ConnectAsync(SmtpServiceKind.SubmissionTls), false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(InboundHost.HostName).WaitAsync(Limit);
        }
    }

    private async Task CheckAsync(int growth)
    {
        var (delivered, slowest) = await _health.EndAsync();
        var grown = (_listener.Memory() - _before) / Megabyte;
        output.WriteLine($"{_streams.Count} connections, {grown} MB more than before; {delivered} mails of others got through, the slowest in {slowest.TotalSeconds:f2} s");
        Assert.InRange(grown, long.MinValue, growth);
        Assert.InRange(slowest, TimeSpan.Zero, HealthMail.Patience);
    }

    private async Task<Stream> OpenAsync(SmtpServiceKind kind = SmtpServiceKind.Exchange)
    {
        var stream = await _listener.ConnectAsync(kind);
        _streams.Add(stream);
        return stream;
    }

    private static async Task ReadGreetingAsync(Stream stream)
    {
        var buffer = new byte[512];
        Assert.True(await stream.ReadAsync(buffer).AsTask().WaitAsync(Limit) > 0);
    }

    private async Task ForgetAsync(List<Task> writing)
    {
        foreach (var stream in _streams)
            await stream.DisposeAsync();
        // They wait until somebody reads, which nobody does: the end of the connection is what ends them.
        await Task.WhenAll(writing.Select(task => task.ContinueWith(done => _ = done.Exception, TaskScheduler.Default))).WaitAsync(Limit);
    }
}
