using Mail.TestKit.Smtp;
using Npgsql;
using Xunit.Abstractions;

namespace Mail.Worker.Tests.Faults;

/// <summary>Workers that are killed or paused, and clocks that jump. Nothing is lost; a message comes twice only where nobody can know.</summary>
public sealed class ProcessFaultTests(ITestOutputHelper output)
{
    /// <summary>
    /// One worker with messages at every stage: it waits for a name server, for a greeting, for the replies to MAIL, DATA and the final
    /// dot, and for the commit of what has arrived.
    /// </summary>
    [Theory]
    [InlineData("delivery_attempts", "killed before the record")]
    [InlineData("events", "killed within the record")]
    public async Task A_worker_killed_at_any_stage_loses_nothing_and_repeats_what_had_arrived_unrecorded(string locked, string fault)
    {
        const int Count = 120;
        const int Unrecorded = Count / (FaultSystem.Domains + 1);
        await using var system = await FaultSystem.StartAsync();
        (string, SmtpStep)[] stages = [(SmtpScript.Connect, SmtpStep.Hang), ("MAIL", SmtpStep.Hang), ("DATA", SmtpStep.Hang), (SmtpScript.EndOfData, SmtpStep.Hang)];
        foreach (var (script, (stage, step)) in system.Scripts.Zip(stages))
            script.On(stage, step);
        system.Internet.Zone.Timeout("d5.test");
        await system.AcceptAsync(Count, domains: FaultSystem.Domains + 1);
        await using (await LockAsync(system, locked))
        {
            var victim = system.StartWorker();
            await system.UntilArrivedAsync(Unrecorded);
            await Task.WhenAll(system.UntilSaidAsync("EHLO"), system.UntilSaidAsync("MAIL"), system.UntilSaidAsync("DATA"));
            system.Fault();
            await victim.KillAsync();
        }
        system.Heal();
        system.Internet.Zone.Remove("d5.test").Mx("d5.test", 10, "mx.d4.test");
        system.StartWorker();

        var figures = await system.SettleAsync(fault);

        output.WriteLine(figures.ToString());
        Assert.Equal((Count, 0), (figures.Sent, figures.Lost));
        Assert.InRange(figures.Duplicates, 0, Unrecorded);
        Assert.All(system.CopiesPerMessage(), copies => Assert.InRange(copies, 1, 2));
    }

    [Fact]
    public async Task A_worker_paused_past_its_leases_sends_nothing_that_another_has_sent()
    {
        const int Count = 100;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var system = await FaultSystem.StartAsync();
        system.OnAll("DATA", SmtpStep.WaitFor(gate.Task));
        await system.AcceptAsync(Count);
        var paused = system.StartWorker();
        await system.UntilSaidAsync("DATA");
        system.Fault();
        await paused.PauseAsync();
        system.StartWorker();
        gate.SetResult();
        var first = await system.SettleAsync("paused past its lease");

        paused.Continue();
        await paused.StopAsync();

        var figures = (await system.SettleAsync("paused past its lease")) with { Recovery = first.Recovery };
        output.WriteLine(figures.ToString());
        Assert.Equal((Count, 0, 0), (figures.Sent, figures.Lost, figures.Duplicates));
        // A name server that was late on a busy machine is none of it.
        Assert.Equal(Count, await system.Front.CountAsync("select count(*) from delivery_attempts where cause <> 'dns'"));
    }

    [Fact]
    public async Task A_clock_that_jumps_changes_nothing()
    {
        const int Count = 600;
        using var clock = new FakeClock();
        // No lease is to expire here, however busy the machine: what is sent twice then, is sent twice because of the clock.
        await using var system = await FaultSystem.StartAsync(settings: ("Mail:Queue:Lease", "00:00:30"));
        system.StartWorker(clock.Settings);
        await system.AcceptAsync(Count);
        await system.UntilArrivedAsync(Count / 6);
        system.Fault();
        foreach (var jump in (TimeSpan[])[TimeSpan.FromDays(1), TimeSpan.FromDays(-1), TimeSpan.FromDays(400), TimeSpan.Zero])
        {
            clock.Jump(jump);
            await system.AcceptAsync(Count / 6);
            await system.SettleAsync($"clock jumps to {jump}");
        }

        var figures = await system.SettleAsync("clock jumps");

        output.WriteLine(figures.ToString());
        Assert.Equal((Count + 4 * (Count / 6), 0, 0), (figures.Sent, figures.Lost, figures.Duplicates));
        // It did jump: the times that only tell are the worker's.
        Assert.NotEqual(0, await system.Front.CountAsync("select count(*) from delivery_attempts where started_at > now() + interval '300 days'"));
        Assert.NotEqual(0, await system.Front.CountAsync("select count(*) from delivery_attempts where started_at < now() - interval '20 hours'"));
    }

    private static async Task<IAsyncDisposable> LockAsync(FaultSystem system, string table)
    {
        var connection = new NpgsqlConnection(system.Front.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"begin; lock table {table} in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
