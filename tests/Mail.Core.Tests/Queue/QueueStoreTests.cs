using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Core.Tests.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Queue;

public sealed class QueueStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static int _names;
    private readonly QueueStore _queue = new(database.DataSource);
    private readonly MessageStore _messages = new(database.DataSource);
    private Sender _sender = null!;

    public async Task InitializeAsync()
    {
        await database.ExecuteAsync("delete from delivery_queue");
        _sender = await Sender.CreateAsync(database, $"queue{Interlocked.Increment(ref _names)}");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Claim_hands_out_the_whole_message_and_shows_it_as_sending()
    {
        var id = await AcceptAsync("ada@example.com", "bob@example.net");
        var jobs = await ClaimAsync();

        Assert.Equal(["example.com", "example.net"], jobs.Select(job => job.Domain).Order());
        var job = jobs.Single(job => job.Domain == "example.net");
        Assert.Equal(["bob@example.net"], job.Open.Select(recipient => recipient.Address));
        Assert.Equal(2, job.Recipients.Count);
        Assert.Equal("Thank you", job.Text);
        Assert.True(job.TimeLeft > TimeSpan.FromHours(47));
        Assert.Equal(MessageStatus.Sending, (await FindAsync(id)).Status);
    }

    [Fact]
    public async Task Claim_skips_what_another_worker_holds()
    {
        await AcceptAsync("ada@example.com");
        Assert.Single(await ClaimAsync());
        Assert.Empty(await ClaimAsync());
    }

    [Fact]
    public async Task Workers_that_claim_at_once_never_share_an_item()
    {
        for (var i = 0; i < 40; i++)
            await AcceptAsync($"user{i}@example.com");
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ClaimAsync($"w{i}", 10))));
        var items = claims.SelectMany(jobs => jobs).Select(job => job.Lease.Item).ToList();
        Assert.Equal(40, items.Count);
        Assert.Equal(40, items.Distinct().Count());
    }

    [Fact]
    public async Task An_expired_lease_is_due_again_and_the_late_result_changes_nothing()
    {
        var id = await AcceptAsync("ada@example.com");
        var late = (await ClaimAsync()).Single();
        await ExpireLeasesAsync();
        Assert.Equal(MessageStatus.Queued, (await FindAsync(id)).Status);
        var current = (await ClaimAsync()).Single();

        Assert.Empty(await _queue.RecordAsync([Record(late, DeliveryOutcome.Bounced)], default));
        Assert.Equal(MessageStatus.Sending, (await FindAsync(id)).Status);
        Assert.Single(await _queue.RecordAsync([Record(current, DeliveryOutcome.Delivered)], default));
        Assert.Equal(MessageStatus.Sent, (await FindAsync(id)).Status);
        Assert.Single((await _messages.AttemptsAsync(_sender.Caller.Organization, id, default))!);
    }

    [Fact]
    public async Task Of_two_results_of_one_item_in_one_batch_only_that_of_the_current_lease_is_written()
    {
        var id = await AcceptAsync("ada@example.com");
        var late = (await ClaimAsync()).Single();
        await ExpireLeasesAsync();
        var current = (await ClaimAsync()).Single();

        var written = await _queue.RecordAsync([Record(late, DeliveryOutcome.Bounced), Record(current, DeliveryOutcome.Delivered)], default);

        Assert.Equal(current.Lease, Assert.Single(written).Lease);
        Assert.Equal(MessageStatus.Sent, (await FindAsync(id)).Status);
        Assert.Single((await _messages.AttemptsAsync(_sender.Caller.Organization, id, default))!);
    }

    [Fact]
    public async Task Renewal_keeps_a_lease_and_tells_which_are_lost()
    {
        await AcceptAsync("ada@example.com");
        await AcceptAsync("bob@example.com");
        var jobs = await ClaimAsync();
        await database.ExecuteAsync("update delivery_queue set due_at = now() where id = $1", jobs[0].Lease.Item.Value);
        var taken = Assert.Single(await ClaimAsync());

        // A worker that was paused may hold an item under the lease it lost and under a new one.
        var held = await _queue.RenewAsync([.. jobs.Select(job => job.Lease), taken.Lease], Lease, default);

        Assert.Equivalent(new[] { jobs[1].Lease, taken.Lease }, held, strict: true);
    }

    [Fact]
    public async Task A_deferred_recipient_comes_back_later_with_its_attempt_counted()
    {
        var id = await AcceptAsync("ada@example.com");
        var job = (await ClaimAsync()).Single();
        await _queue.RecordAsync([Record(job, DeliveryOutcome.Deferred, TimeSpan.FromMinutes(5))], default);

        var details = await FindAsync(id);
        Assert.Equal(MessageStatus.Deferred, details.Status);
        Assert.NotNull(details.Recipients.Single().NextAttemptAt);
        Assert.Empty(await ClaimAsync());
        await database.ExecuteAsync("update delivery_queue set due_at = now()");
        Assert.Equal(1, (await ClaimAsync()).Single().Attempts);
    }

    [Fact]
    public async Task What_is_settled_stays_settled()
    {
        var id = await AcceptAsync("ada@example.com", "bob@example.com");
        var job = (await ClaimAsync()).Single();
        var mixed = Record(job, DeliveryOutcome.Delivered, TimeSpan.FromMinutes(5)) with
        {
            Results = [Result(job, 0, DeliveryOutcome.Delivered), Result(job, 1, DeliveryOutcome.Deferred)],
        };
        await _queue.RecordAsync([mixed], default);
        await database.ExecuteAsync("update delivery_queue set due_at = now()");
        var again = (await ClaimAsync()).Single();

        Assert.Equal(["bob@example.com"], again.Open.Select(recipient => recipient.Address));
        await _queue.RecordAsync([Record(again, DeliveryOutcome.Bounced)], default);
        var details = await FindAsync(id);
        Assert.Equal([MessageStatus.Sent, MessageStatus.Bounced], details.Recipients.Select(recipient => recipient.Status));
        Assert.Equal(MessageStatus.Bounced, details.Status);
        Assert.NotNull(details.SettledAt);
    }

    [Fact]
    public async Task The_last_two_recipients_settled_at_the_same_moment_settle_the_message()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = await AcceptAsync("ada@example.com", "bob@example.net");
            var jobs = await ClaimAsync();
            await Task.WhenAll(jobs.Select(job => Task.Run(() => _queue.RecordAsync([Record(job, DeliveryOutcome.Delivered)], default))));
            Assert.Equal(MessageStatus.Sent, (await FindAsync(id)).Status);
        }
    }

    [Fact]
    public async Task Events_tell_the_way_in_order()
    {
        var id = await AcceptAsync("ada@example.com");
        await _queue.RecordAsync([Record((await ClaimAsync()).Single(), DeliveryOutcome.Delivered)], default);
        var events = await new EventStore(database.DataSource).OfMessageAsync(_sender.Caller.Organization, id, default);
        Assert.Equal(
            [EventTypes.MessageQueued, EventTypes.MessageAccepted, EventTypes.MessageSending, EventTypes.MessageSent, EventTypes.DeliveryDelivered],
            events.Select(item => item.Type));
        Assert.Equal("ada@example.com", events[3].Data!.Value.GetProperty("recipient").GetString());
    }

    [Fact]
    public async Task Another_organization_sees_nothing()
    {
        var id = await AcceptAsync("ada@example.com");
        var other = await Sender.CreateAsync(database, $"queue{Interlocked.Increment(ref _names)}");
        Assert.Null(await _messages.FindAsync(other.Caller.Organization, id, false, default));
        Assert.Null(await _messages.AttemptsAsync(other.Caller.Organization, id, default));
        Assert.Empty(await new EventStore(database.DataSource).OfMessageAsync(other.Caller.Organization, id, default));
    }

    private async Task<MessageId> AcceptAsync(params string[] recipients)
    {
        var store = new AcceptStore(database.DataSource, Options.Create(new AcceptOptions()), TimeProvider.System);
        var pending = new PendingAccept(_sender.Caller, PrefixedId.New<MessageId>(TimeProvider.System), _sender.Domain,
            _sender.Message(recipients), [], null);
        await store.StoreAsync([pending], default);
        return pending.Id;
    }

    private Task<List<DeliveryJob>> ClaimAsync() => ClaimAsync("worker", 100);

    private async Task<List<DeliveryJob>> ClaimAsync(string worker, int ofEachLane)
    {
        var (lanes, _) = await _queue.SurveyAsync(new SurveyPosition(), new SurveyLimits(), default);
        return await _queue.ClaimAsync(worker, [.. lanes.Select(lane => new LaneClaim(lane, ofEachLane))], Lease, default);
    }

    private async Task<MessageDetails> FindAsync(MessageId id) => (await _messages.FindAsync(_sender.Caller.Organization, id, false, default))!;

    private Task ExpireLeasesAsync() => database.ExecuteAsync("update delivery_queue set due_at = now() where leased_by is not null");

    private static DeliveryRecord Record(DeliveryJob job, DeliveryOutcome outcome, TimeSpan? retryIn = null) => new()
    {
        Lease = job.Lease,
        Organization = job.Organization,
        Message = job.Message,
        Mode = job.Mode,
        SenderDomain = job.SenderDomain,
        AttemptNumber = job.Attempts + 1,
        Worker = "worker",
        StartedAt = TimeProvider.System.GetUtcNow(),
        EndedAt = TimeProvider.System.GetUtcNow(),
        CoversMessage = job.Recipients.Count == 1,
        Results = [.. job.Open.Select(recipient => Result(job, recipient.Ordinal, outcome))],
        RetryIn = retryIn,
    };

    private static RecipientResult Result(DeliveryJob job, short ordinal, DeliveryOutcome outcome) => new(
        ordinal, job.Recipients.Single(recipient => recipient.Ordinal == ordinal).Address, outcome, "end_of_data", "reply",
        "mx.example.com", "192.0.2.1", null, null, 250, "2.0.0", "OK");
}
