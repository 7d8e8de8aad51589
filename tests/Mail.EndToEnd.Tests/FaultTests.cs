using System.Diagnostics;
using Aspire.Hosting.Testing;
using Mail.EndToEnd.Tests.Running;
using Mail.TestKit.Smtp;
using Xunit.Abstractions;

namespace Mail.EndToEnd.Tests;

/// <summary>
/// A process of the system is killed at the worst moment. What got a 202 arrives, nothing stays unsettled, and a message
/// comes twice only when its delivery was in flight at the kill.
/// </summary>
[Collection(RelayCollection.Name)]
public sealed class FaultTests : IAsyncLifetime
{
    private const int Messages = 5_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private readonly RelaySystem _fixture;
    private readonly MailSystem _system;
    private readonly ITestOutputHelper _output;
    private readonly Load _load;
    private readonly Stopwatch _sinceFault = new();
    private MailDatabase _database = null!;

    public FaultTests(RelaySystem fixture, ITestOutputHelper output)
    {
        (_fixture, _system, _output) = (fixture, fixture.Instance, output);
        _load = new Load(_system.Live, Messages);
    }

    public async Task InitializeAsync()
    {
        await _system.HealthyAsync();
        _database = await _system.DatabaseAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Killed_worker_loses_nothing_and_repeats_only_what_it_held()
    {
        // From the first thousand on nothing ends before the kill: whatever the moment, a worker holds something.
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = 0;
        _fixture.Relay.Script.On("DATA", line => line == "DATA" && Interlocked.Increment(ref begun) > Messages / 5, SmtpStep.WaitFor(killed.Task));
        var sending = _load.SendAsync();
        await UntilArrivedAsync(Messages / 10);
        var victim = 0;
        await Eventually.IsTrueAsync("a worker holds messages", Limit, async _ => (victim = await _database.BusiestWorkerAsync() ?? 0) > 0, Describe);
        Kill(victim);
        var held = await _database.HeldByAsync(victim);
        Assert.True(Arrived().Count < Messages, "The kill came too late.");
        _fixture.Relay.Script.Clear();
        killed.SetResult();
        _output.WriteLine($"{held.Count} messages were held by the killed worker");
        Assert.NotEmpty(held);

        await sending;
        Assert.Equal(Messages, _load.Accepted.Count);
        var arrivals = await SettledAsync();
        Assert.All(arrivals.Duplicated, number => Assert.Contains(_load.RecipientOf(number), held));
    }

    [Fact]
    public async Task Killed_api_loses_no_202_and_a_repeated_request_sends_nothing_twice()
    {
        _load.HoldAt = Messages / 2;
        var sending = _load.SendAsync();
        await Eventually.IsTrueAsync("the API is loaded", Limit, () => _load.Accepted.Count >= Messages / 3);
        Kill(_system.App.GetProcessId("api"));
        Assert.True(_load.Accepted.Count < Messages, "The kill came too late.");
        _load.GoOn();
        await sending;
        _output.WriteLine($"{_load.Accepted.Count} of {Messages} were accepted before they were asked for again");
        var accepted = _load.Accepted.ToDictionary();
        await SendRestAsync();
        await _load.RepeatAsync(accepted);

        var arrivals = await SettledAsync();
        Assert.Equal(0, arrivals.Duplicates);
        Assert.Equal(Messages, arrivals.Count);
    }

    [Fact]
    public async Task Killed_postgres_loses_no_202_and_everything_goes_on_by_itself()
    {
        _load.HoldAt = Messages / 2;
        var sending = _load.SendAsync();
        await UntilArrivedAsync(Messages / 5);
        var services = _system.ProcessIds();
        Kill(Processes.ServerBelow(_system.App.GetProcessId("postgres")));
        Assert.True(_load.Accepted.Count < Messages, "The kill came too late.");
        _load.GoOn();
        await sending;
        await SendRestAsync();

        var arrivals = await SettledAsync();
        Assert.InRange(arrivals.Duplicates, 0, 2 * RelaySystem.MaxInFlight);
        Assert.Equal(Messages, arrivals.Count);
        await _system.HealthyAsync();
        Assert.Equal(services, _system.ProcessIds());
    }

    private Arrivals Arrived() => Arrivals.Of(_load, _fixture.Relay);

    private void Kill(int process)
    {
        Process.GetProcessById(process).Kill();
        _sinceFault.Start();
    }

    private Task UntilArrivedAsync(int count) =>
        Eventually.IsTrueAsync($"{count} messages are at the relay", Limit, () => _fixture.Relay.Messages.Count(mail => _load.NumberOf(mail.Recipients[0]) is not null) >= count, Describe);

    /// <summary>Repeats what was not answered, as a careful client does, until everything is.</summary>
    private Task SendRestAsync() => Eventually.IsTrueAsync("every request is answered", Limit, async _ =>
    {
        await _load.SendAsync();
        return _load.Accepted.Count == Messages;
    }, Describe);

    /// <summary>What is at the relay when nothing more is to be done.</summary>
    private async Task<Arrivals> SettledAsync()
    {
        await Eventually.IsTrueAsync("the queue is empty", Limit, async _ => await _database.QueuedAsync() == 0, Describe);
        var arrivals = Arrived();
        var lost = _load.Accepted.Keys.Where(number => !arrivals.Has(number)).ToList();
        _output.WriteLine($"lost {lost.Count}, duplicates {arrivals.Duplicates}, replayed answers {_load.Replayed}, recovered {_sinceFault.Elapsed.TotalSeconds:f1} s after the kill");
        Assert.Empty(lost);
        Assert.Empty(arrivals.Different);
        Assert.InRange(arrivals.MostCopies, 1, 2);
        Assert.Equal(0, await _database.UnsettledAsync());
        return arrivals;
    }

    private string Describe() => $"{_load.Accepted.Count} accepted, {Arrived().Count} arrived\n{_system.App.Describe()}";
}
