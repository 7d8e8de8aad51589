using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Tests.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Queue;

public sealed class LaneTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static int _names;
    private readonly QueueStore _queue = new(database.DataSource);
    private Sender _sender = null!;

    public async Task InitializeAsync()
    {
        await database.ExecuteAsync("delete from delivery_queue");
        _sender = await Sender.CreateAsync(database, $"lane{Interlocked.Increment(ref _names)}");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Survey_lists_each_lane_once_whatever_it_holds()
    {
        for (var i = 0; i < 5; i++)
            await AcceptAsync(DeliveryPriority.Normal, "ada@example.com");
        await AcceptAsync(DeliveryPriority.Urgent, "ada@example.com", "bob@example.net");

        Assert.Equal([(0, "example.com"), (0, "example.net"), (1, "example.com")], await SurveyAsync());
    }

    [Fact]
    public async Task Claim_takes_what_is_asked_of_each_lane_and_oldest_first()
    {
        var ids = new List<MessageId>();
        for (var i = 0; i < 3; i++)
            ids.Add(await AcceptAsync(DeliveryPriority.Bulk, "ada@example.com"));
        await AcceptAsync(DeliveryPriority.Bulk, "bob@example.net");

        var jobs = await _queue.ClaimAsync("worker", [new LaneClaim(Lane(2, "example.com"), 2)], Lease, default);

        Assert.Equal(ids.Take(2).Order(Comparer<MessageId>.Create((a, b) => a.Value.CompareTo(b.Value))), jobs.Select(job => job.Message).Order(Comparer<MessageId>.Create((a, b) => a.Value.CompareTo(b.Value))));
        Assert.All(jobs, job => Assert.Equal(Lane(2, "example.com"), job.Lane));
    }

    [Fact]
    public async Task Mail_of_test_keys_has_one_lane()
    {
        _sender = _sender with { Caller = _sender.Caller with { Mode = SendingMode.Test } };
        await AcceptAsync(DeliveryPriority.Normal, "ada@example.com", "bob@example.net");
        Assert.Equal([(1, QueueLane.Test)], await SurveyAsync());
    }

    [Fact]
    public async Task Surveys_with_little_room_see_every_lane_in_turn()
    {
        var wanted = Enumerable.Range(0, 25).Select(i => $"d{i:00}.example").ToList();
        foreach (var domain in wanted)
            await AcceptAsync(DeliveryPriority.Normal, $"ada@{domain}");
        var position = new SurveyPosition();
        var limits = new SurveyLimits(LanesPerOrganization: 10);
        var seen = new List<string>();
        do
        {
            var (lanes, _) = await _queue.SurveyAsync(position, limits, default);
            Assert.InRange(lanes.Count, 1, 10);
            seen.AddRange(lanes.Select(lane => lane.Name));
        }
        while (seen.Count < wanted.Count);
        Assert.Equal(wanted, seen);
        Assert.True(position.IsPartial);
    }

    [Fact]
    public async Task A_deferred_item_is_in_no_lane_until_its_time_has_come()
    {
        await AcceptAsync(DeliveryPriority.Normal, "ada@example.com");
        var job = await ClaimAsync();
        await _queue.ReleaseAsync([job.Lease], TimeSpan.FromMinutes(5), "why it waits", default);
        Assert.Empty(await SurveyAsync());
        Assert.Equal("why it waits", await database.ValueAsync<string>("select wait_reason from delivery_queue"));

        await database.ExecuteAsync("update delivery_queue set due_at = now()");

        Assert.Single(await SurveyAsync());
        Assert.Equal(0, (await ClaimAsync()).Faults);
    }

    [Fact]
    public async Task More_that_is_due_than_one_survey_promotes_is_told()
    {
        for (var i = 0; i < 3; i++)
            await AcceptAsync(DeliveryPriority.Normal, "ada@example.com");
        await database.ExecuteAsync("update delivery_queue set ready = false, due_at = now()");
        var limits = new SurveyLimits(Promotions: 2);
        Assert.False((await _queue.SurveyAsync(new SurveyPosition(), limits, default)).IsAllPromoted);
        Assert.True((await _queue.SurveyAsync(new SurveyPosition(), limits, default)).IsAllPromoted);
        Assert.Equal(3, await database.ValueAsync<long>("select count(*) from delivery_queue where ready"));
    }

    [Fact]
    public async Task An_expired_lease_is_a_fault_and_the_second_one_sets_the_item_apart()
    {
        await AcceptAsync(DeliveryPriority.Normal, "ada@example.com");
        await ClaimAsync();
        await ExpireAsync();
        Assert.Equal(1, (await ClaimAsync()).Faults);
        await ExpireAsync();

        Assert.Empty(await SurveyAsync());
        var suspect = Assert.Single(await _queue.ClaimSuspectAsync("worker", Lease, default));
        Assert.Equal(2, suspect.Faults);
        Assert.Empty(await _queue.ClaimSuspectAsync("other", Lease, default));
    }

    [Fact]
    public async Task A_worker_that_was_only_slow_takes_its_fault_back()
    {
        await AcceptAsync(DeliveryPriority.Normal, "ada@example.com");
        var job = await ClaimAsync();
        await ExpireAsync();
        await SurveyAsync();
        Assert.Equal(1, await FaultsAsync());

        Assert.Single(await _queue.RenewAsync([job.Lease], Lease, default));

        Assert.Equal(0, await FaultsAsync());
        Assert.Empty(await SurveyAsync());
    }

    [Fact]
    public async Task A_start_is_marked_only_under_the_lease()
    {
        await AcceptAsync(DeliveryPriority.Urgent, "ada@example.com");
        var job = await ClaimAsync();
        Assert.True(await _queue.MarkStartedAsync(job.Lease, default));
        await ExpireAsync();
        var next = await ClaimAsync();
        Assert.True(next.HasStarted);
        Assert.False(await _queue.MarkStartedAsync(job.Lease, default));
    }

    private QueueLane Lane(short priority, string name) => new(priority, _sender.Caller.Organization, name);

    private async Task<IEnumerable<(int, string)>> SurveyAsync()
    {
        var (lanes, _) = await _queue.SurveyAsync(new SurveyPosition(), new SurveyLimits(), default);
        Assert.All(lanes, lane => Assert.Equal(_sender.Caller.Organization, lane.Organization));
        return lanes.Select(lane => ((int)lane.Priority, lane.Name)).Order();
    }

    private async Task<DeliveryJob> ClaimAsync()
    {
        var (lanes, _) = await _queue.SurveyAsync(new SurveyPosition(), new SurveyLimits(), default);
        return Assert.Single(await _queue.ClaimAsync("worker", [.. lanes.Select(lane => new LaneClaim(lane, 10))], Lease, default));
    }

    private Task ExpireAsync() => database.ExecuteAsync("update delivery_queue set due_at = now() where leased_by is not null");

    private Task<short> FaultsAsync() => database.ValueAsync<short>("select faults from delivery_queue");

    private async Task<MessageId> AcceptAsync(DeliveryPriority priority, params string[] recipients)
    {
        var store = new AcceptStore(database.DataSource, Options.Create(new AcceptOptions()), TimeProvider.System);
        var pending = new PendingAccept(_sender.Caller, PrefixedId.New<MessageId>(TimeProvider.System), _sender.Domain,
            _sender.Message(recipients) with { Priority = priority }, [], null);
        await store.StoreAsync([pending], default);
        return pending.Id;
    }
}
