using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Mail.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Mail.EndToEnd.Tests;

/// <summary>The API is killed while it accepts batches. Repeated with their keys, each of their items is accepted once.</summary>
[Collection(RelayCollection.Name)]
public sealed class BatchFaultTests(RelaySystem fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Batches = 24, Items = 500, AtOnce = 6, AnsweredAtKill = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private readonly MailSystem _system = fixture.Instance;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<int, string> _answered = new();
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task InitializeAsync() => _system.HealthyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Killed_api_leaves_every_item_of_a_batch_accepted_once_or_reported()
    {
        var sending = SendAsync();
        await Eventually.IsTrueAsync("the API accepts batches", Limit, () => _answered.Count >= AnsweredAtKill);
        Process.GetProcessById(_system.App.GetProcessId("api")).Kill();
        Assert.True(_answered.Count < Batches, "The kill came too late.");
        _killed.SetResult();
        await sending;
        var before = _answered.ToDictionary();
        output.WriteLine($"{before.Count} of {Batches} batches were answered before they were asked for again");

        // An interrupted one is reported, and goes on where it stopped; one that was answered is the same.
        await Eventually.IsTrueAsync("every batch is answered", Limit, async _ =>
        {
            await SendAsync();
            return _answered.Count == Batches;
        }, () => $"{_answered.Count} of {Batches}");
        foreach (var (number, batch) in before)
            Assert.Equal(batch, await SendAsync(number));

        var messages = new HashSet<string>();
        foreach (var (number, batch) in _answered)
            await AssertWholeAsync(number, batch, messages);
        Assert.Equal(Batches * Items, messages.Count);
        await using var database = await _system.DatabaseAsync();
        await Eventually.IsTrueAsync("the queue is empty", Limit, async _ => await database.QueuedAsync() == 0);
        var arrived = fixture.Relay.Messages.Select(mail => mail.Recipients[0]).Where(path => path.Contains(_run, StringComparison.Ordinal)).ToList();
        Assert.Equal((Batches * Items, Batches * Items), (arrived.Count, arrived.Distinct().Count()));
    }

    private Task SendAsync() => Parallel.ForEachAsync(
        Enumerable.Range(0, Batches).Where(number => !_answered.ContainsKey(number)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (number, _) =>
        {
            // Some are left for the time after the kill, however late it comes.
            if (_answered.Count >= Batches / 2) await _killed.Task;
            if (await SendAsync(number) is { } batch)
                _answered[number] = batch;
        });

    /// <summary>The id of the batch; null when there was no answer, or it is still being worked on.</summary>
    private async Task<string?> SendAsync(int number)
    {
        var messages = Enumerable.Range(0, Items).Select(item => MailClient.Message(AddressOf(number, item), $"Item {item}"));
        try
        {
            using var response = await _system.Live.PostAsJsonAsync("/v1/mail/batch", new { messages, idempotencyKey = $"{_run}-{number}" });
            if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict)
                return null;
            var batch = (await response.ReadAsync(HttpStatusCode.Accepted)).GetProperty("data");
            Assert.Equal((Items, 0), (batch.GetProperty("accepted").GetInt32(), batch.GetProperty("rejected").GetInt32()));
            return batch.Text("id");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task AssertWholeAsync(int number, string batch, HashSet<string> messages)
    {
        var found = (await _system.Live.GetAsync($"/v1/mail/batch/{batch}", HttpStatusCode.OK)).GetProperty("data");
        Assert.Equal(("accepted", Items, Items, 0), (found.Text("status"), found.GetProperty("messageCount").GetInt32(),
            found.GetProperty("accepted").GetInt32(), found.GetProperty("rejected").GetInt32()));
        var items = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await _system.Live.GetAsync($"/v1/mail/batch/{batch}/items?limit=100{cursor}", HttpStatusCode.OK);
            items.AddRange(page.GetProperty("data").EnumerateArray());
            cursor = page.GetProperty("hasMore").GetBoolean() ? $"&cursor={Uri.EscapeDataString(page.Text("nextCursor"))}" : null;
        }
        Assert.Equal(Enumerable.Range(0, Items).Select(item => AddressOf(number, item)), items.Select(item => item.Text("to")));
        Assert.All(items, item => Assert.True(messages.Add(item.Text("messageId"))));
    }

    private string AddressOf(int number, int item) => $"b{number}-{item}-{_run}@example.test";
}
