using System.Diagnostics;
using Mail.Core.Events;
using Mail.Core.Messages;
using Xunit.Abstractions;

namespace Mail.Worker.Tests.Webhooks;

/// <summary>Worker processes are killed while deliveries leave: none is lost, and only what was under way comes twice.</summary>
public sealed class WebhookFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Events = 10_000;
    private const int Endpoints = 100;
    private const int Organizations = 10;
    private const int Kills = 4;

    // As many endpoints as an organization has here want as many different types, so that each event is for one of them.
    private static readonly string[] _types = [.. EventTypes.All.Take(Endpoints / Organizations)];

    private static readonly (string, string)[] _settings =
        [("Mail:Webhooks:Dispatch:Lease", "00:00:05"), ("Mail:Webhooks:Dispatch:Timeout", "00:00:03"), ("Mail:Webhooks:Dispatch:MaxInFlight", "64")];

    private WebhookSystem _system = null!;
    private WebhookReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _system = await WebhookSystem.CreateAsync();
        _receiver = await WebhookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Ten_thousand_events_reach_a_hundred_endpoints_through_kills()
    {
        await FillAsync();
        var watch = Stopwatch.StartNew();
        var worker = WorkerProcess.Start(_system.ConnectionString, _settings);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await UntilReceivedAsync(kill * Events / (Kills + 1), worker);
            await worker.KillAsync();
            await worker.DisposeAsync();
            worker = WorkerProcess.Start(_system.ConnectionString, _settings);
        }
        await using var last = worker;
        await _system.UntilAsync(
            async () => await _system.ValueAsync<long>("select count(*) from webhook_queue") == 0, () => $"{_receiver.Requests.Count} received, {last.Describe()}");

        var received = _receiver.Requests.Select(request => request.Id).CountBy(id => id).ToDictionary();
        var duplicates = received.Values.Sum() - received.Count;
        output.WriteLine(
            $"{Events} events, {Endpoints} endpoints, {Kills} kills: {received.Count} received, lost {Events - received.Count}, duplicates {duplicates}, "
            + $"{watch.Elapsed.TotalSeconds:f1} s ({Events / watch.Elapsed.TotalSeconds:f0}/s with starts of processes)");
        Assert.Equal(Events, received.Count);
        Assert.InRange(duplicates, 0, Kills * 64);
        Assert.Equal(Endpoints, _receiver.Requests.Select(request => request.Path).Distinct().Count());
        Assert.Equal(Events, await _system.ValueAsync<long>("select count(*) from webhook_deliveries where status = 'succeeded'"));
        Assert.Equal(Events, await _system.ValueAsync<long>("select count(distinct delivery_id) from webhook_attempts where outcome = 'succeeded'"));
    }

    private async Task FillAsync()
    {
        for (var number = 0; number < Organizations; number++)
        {
            var organization = await _system.AddOrganizationAsync($"organization {number}");
            foreach (var type in _types)
                await _system.AddAsync($"{_receiver.Url}/{number}/{type}", organization: organization, types: type);
            var events = Enumerable.Range(0, Events / Organizations)
                .Select(i => NewEvent.OfMessage(organization, _types[i % _types.Length], new MessageId(Guid.CreateVersion7())));
            await _system.HappenAsync([.. events]);
        }
        Assert.Equal(Events, await _system.ValueAsync<long>("select count(*) from webhook_queue"));
    }

    private Task UntilReceivedAsync(int count, WorkerProcess worker) => _system.UntilAsync(
        () => Task.FromResult(_receiver.Requests.Count >= count), () => $"{_receiver.Requests.Count} received, {worker.Describe()}");
}
