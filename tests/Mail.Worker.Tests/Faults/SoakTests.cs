using System.Diagnostics;
using System.Globalization;
using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;
using Xunit.Abstractions;

namespace Mail.Worker.Tests.Faults;

/// <summary>
/// Two workers, and one fault after the other, at random: what must never happen does not happen either after a thousand faults.
/// <c>make soak</c> runs it for minutes; without that it is one round.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Messages = 2000;
    // What one killed or paused worker may have sent and not recorded; see Mail:Queue:MaxUnrecorded.
    private const int MostAmbiguous = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(3);

    private readonly TimeSpan _time = TimeSpan.FromMinutes(Number("MAIL_SOAK_MINUTES", 0));
    private readonly int _storm = (int)Number("MAIL_SOAK_STORM", Messages);
    private PostgresServer _postgres = null!;
    private RedisServer _redis = null!;
    private FakeClock _clock = null!;
    private FaultSystem _system = null!;

    [Fact]
    public async Task Faults_at_random_lose_nothing_and_repeat_only_what_nobody_can_know()
    {
        var seed = (int)Number("MAIL_SOAK_SEED", Environment.ProcessId);
#pragma warning disable RS0030 // A seed that can be given again is the point.
        var random = new Random(seed);
#pragma warning restore RS0030
        await StartAsync();
        output.WriteLine($"MAIL_SOAK_SEED={seed}");
        var clock = Stopwatch.StartNew();
        var rounds = new List<FaultFigures>();
        try
        {
            do
            {
                var fault = Faults[random.Next(Faults.Length)];
                rounds.Add(await RoundAsync(fault, random));
                await Console.Out.WriteLineAsync($"soak {clock.Elapsed:hh\\:mm\\:ss} {rounds[^1]}");
            }
            while (clock.Elapsed < _time);
        }
        finally
        {
            await StopAsync();
        }

        Report(rounds);
        Assert.All(rounds, round => Assert.Equal(0, round.Lost));
    }

    private Fault[] Faults =>
    [
        new("worker killed", MostAmbiguous, async () =>
        {
            await _system.Workers[^1].KillAsync();
            Start();
        }),
        new("worker paused past its lease", MostAmbiguous, async () =>
        {
            var paused = _system.Workers[^1];
            await paused.PauseAsync();
            await WaitAsync(FaultSystem.Lease + Outage);
            paused.Continue();
        }),
        // Both workers may have sent what they cannot record before their leases end.
        new("PostgreSQL killed", 2 * MostAmbiguous, async () =>
        {
            await _postgres.KillAsync();
            await WaitAsync(Outage);
            await _postgres.StartAgainAsync();
            _system.ForgetConnections();
        }),
        new("PostgreSQL hangs", 2 * MostAmbiguous, async () =>
        {
            await _postgres.SuspendAsync();
            await WaitAsync(Outage);
            _postgres.Resume();
        }),
        new("Redis flushed", 0, () => _redis.FlushAsync()),
        new("Redis killed", 0, async () =>
        {
            await _redis.KillAsync();
            await WaitAsync(Outage);
            await _redis.StartAgainAsync();
        }),
        new("resolver away", 0, async () =>
        {
            _system.Internet.Dns.Tamper = (_, _) => null;
            await WaitAsync(Outage);
            _system.Internet.Dns.Tamper = null;
        }),
        new("clock a day ahead", 0, () => JumpAsync(TimeSpan.FromDays(1))),
        new("clock a day behind", 0, () => JumpAsync(TimeSpan.FromDays(-1))),
        new("421 storm", 0, async () =>
        {
            _system.OnAll(SmtpScript.Connect, SmtpStep.ReplyAndDrop("421 4.3.2 too much to do"));
            _system.OnAll("MAIL", SmtpStep.ReplyAndDrop("421 4.3.2 too much to do"));
            await _system.AcceptAsync(_storm);
            await WaitAsync(Outage);
            _system.Heal();
        }),
        new("servers drop behind the dot", 0, async () =>
        {
            _system.OnAll(SmtpScript.EndOfData, SmtpStep.Drop);
            await WaitAsync(Outage);
            _system.Heal();
        }),
        new("servers hang", 0, async () =>
        {
            _system.OnAll("RCPT", SmtpStep.Hang);
            await WaitAsync(Outage);
            _system.Heal();
        }),
    ];

    private async Task StartAsync()
    {
        (_postgres, _redis, _clock) = (await PostgresServer.StartAsync(), await RedisServer.StartAsync(), new FakeClock());
        _system = await FaultSystem.StartAsync(_postgres,
            [("ConnectionStrings:redis", _redis.ConnectionString), ("Mail:Timeouts:Command", "00:00:05"), .. _clock.Settings]);
        Start();
        Start();
    }

    private async Task StopAsync()
    {
        await _system.DisposeAsync();
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
        _clock.Dispose();
    }

    private void Start() => _system.StartWorker();

    private async Task<FaultFigures> RoundAsync(Fault fault, Random random)
    {
        var before = _system.Figures(fault.Name);
        var arrived = _system.Arrived;
        await _system.AcceptAsync(Messages);
        await _system.UntilArrivedAsync(arrived + random.Next(Messages / 2));
        _system.Fault();
        await fault.StrikeAsync();
        var after = await _system.SettleAsync(fault.Name, Limit);
        var round = after with { Sent = after.Sent - before.Sent, Duplicates = after.Duplicates - before.Duplicates };
        Assert.True(round.Duplicates <= fault.MostDuplicates, round.ToString());
        return round;
    }

    private async Task JumpAsync(TimeSpan by)
    {
        _clock.Jump(by);
        await WaitAsync(Outage);
        _clock.Jump(TimeSpan.Zero);
    }

    private void Report(List<FaultFigures> rounds)
    {
        output.WriteLine(FaultFigures.Header);
        Console.WriteLine(FaultFigures.Header);
        foreach (var fault in rounds.GroupBy(round => round.Fault).OrderBy(fault => fault.Key, StringComparer.Ordinal))
        {
            var line = new FaultFigures($"{fault.Key} ({fault.Count()})", fault.Sum(round => round.Sent), fault.Max(round => round.Lost),
                fault.Sum(round => round.Duplicates), fault.Max(round => round.Recovery)).ToString();
            output.WriteLine(line);
            Console.WriteLine(line);
        }
    }

    // How long a fault lasts is part of it.
    private static Task WaitAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, CancellationToken.None);

    private static double Number(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <param name="MostDuplicates">Copies that nobody can avoid: what had been sent when it struck, and not recorded.</param>
    private sealed record Fault(string Name, int MostDuplicates, Func<Task> StrikeAsync);
}
