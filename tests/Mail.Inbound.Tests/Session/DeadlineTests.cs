using System.Text;
using Mail.TestKit;

namespace Mail.Inbound.Tests.Session;

public sealed class DeadlineTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DataTimeout = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Silent_client_is_told_and_closed()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        var (stream, serving) = host.Open();
        await using var client = new LineClient(stream);
        await client.GreetAsync();

        clock.Advance(CommandTimeout);

        Assert.Equal("421 4.4.2 Timeout, closing connection", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
        await serving.WaitAsync(Limit);
    }

    [Fact]
    public async Task Silent_client_is_told_inside_of_tls_as_well()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        await using var client = new LineClient(host.Connect());
        await client.GreetAsync();
        await client.StartTlsAsync();
        Assert.StartsWith("250 ", await client.AskAsync("EHLO client.test"));

        clock.Advance(CommandTimeout);

        Assert.Equal("421 4.4.2 Timeout, closing connection", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
    }

    [Fact]
    public async Task Client_that_never_starts_its_handshake_is_cut()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        var (stream, serving) = host.Open();
        await using var client = new LineClient(stream);
        await client.GreetAsync();
        Assert.StartsWith("220 ", await client.AskAsync("STARTTLS"));

        await PassAsync(clock, HandshakeTimeout);

        await serving.WaitAsync(Limit);
        Assert.Null(await client.ReplyAsync());
    }

    [Fact]
    public async Task Each_command_starts_the_time_anew()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        await using var client = new LineClient(host.Connect());
        await client.GreetAsync();
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(CommandTimeout - TimeSpan.FromSeconds(1));
            Assert.StartsWith("250 ", await client.AskAsync("NOOP"));
        }
    }

    [Fact]
    public async Task Session_ends_however_busy_it_is()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        await using var client = new LineClient(host.Connect());
        await client.GreetAsync();
        for (var minute = 4; minute < 120; minute += 4)
        {
            clock.Advance(TimeSpan.FromMinutes(4));
            Assert.StartsWith("250 ", await client.AskAsync("NOOP"));
        }

        clock.Advance(TimeSpan.FromMinutes(4));

        Assert.Equal("421 4.4.2 Timeout, closing connection", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
    }

    [Fact]
    public async Task Message_that_does_not_end_is_given_up()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        await using var client = new LineClient(host.Connect());
        await client.GreetAsync();
        Assert.StartsWith("354", await client.AskAsync("MAIL FROM:<a@client.test>", "RCPT TO:<one@local.test>", "DATA"));

        await PassAsync(clock, DataTimeout);

        Assert.StartsWith("421 4.4.2", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
        Assert.Empty(await fixture.StoredAsync());
    }

    [Fact]
    public async Task Refused_chunk_that_stalls_never_becomes_a_command()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        var (stream, serving) = host.Open();
        await using var client = new LineClient(stream);
        await client.GreetAsync();
        await client.SendAsync("BDAT 100", "NOOP");

        await PassAsync(clock, DataTimeout);

        Assert.StartsWith("421 4.4.2", await client.ReplyAsync());
        Assert.Null(await client.ReplyAsync());
        await serving.WaitAsync(Limit);
    }

    [Fact]
    public async Task Client_that_never_reads_loses_its_connection()
    {
        var clock = new ManualTime();
        await using var host = await StartAsync(clock);
        var (stream, serving) = host.Open();
        await using var client = stream;
        var commands = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("NOOP\r\n", 400_000)));
        var writing = stream.WriteAsync(commands).AsTask();

        await AdvanceUntilAsync(serving, clock, TimeSpan.FromMinutes(1));

        Assert.True(serving.IsCompletedSuccessfully);
        await writing.WaitAsync(Limit);
    }

    /// <summary>Lets a time pass as soon as the session has started it.</summary>
    private static async Task PassAsync(ManualTime clock, TimeSpan time)
    {
        while (!clock.Running().Contains(time))
            Assert.True(await clock.Armed.WaitAsync(Limit));
        clock.Advance(time);
    }

    // No signal says that the session waits, so the time passes until it ends.
    private static async Task AdvanceUntilAsync(Task serving, ManualTime clock, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!serving.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            clock.Advance(step);
            await Task.Yield();
        }
        await serving;
    }

    private Task<InboundHost> StartAsync(ManualTime clock) => InboundHost.StartAsync(fixture.Database.ConnectionString, clock: clock);
}
