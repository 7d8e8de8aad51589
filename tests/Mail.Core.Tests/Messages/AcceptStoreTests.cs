using System.Security.Cryptography;
using System.Text;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Messages;

public sealed class AcceptStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static int _names;
    private readonly AcceptStore _store = new(database.DataSource, Options.Create(new AcceptOptions()), TimeProvider.System);
    private Sender _sender = null!;

    public async Task InitializeAsync() => _sender = await Sender.CreateAsync(database, $"accept{Interlocked.Increment(ref _names)}");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_accepted_message_is_wholly_there()
    {
        var outcome = await StoreOneAsync(_sender.Message("ada@example.com", "bob@example.com", "eve@example.net"));
        var id = Assert.IsType<AcceptOutcome.Accepted>(outcome).Id;

        var details = await new MessageStore(database.DataSource).FindAsync(_sender.Caller.Organization, id, withContent: true, default);
        Assert.Equal(MessageStatus.Queued, details!.Status);
        Assert.Equal("Thank you", details.Content!.Text);
        Assert.Equal(["ada@example.com", "bob@example.com", "eve@example.net"], details.Recipients.Select(recipient => recipient.Mailbox.Address));
        var items = await database.RowsAsync(
            "select domain from delivery_queue where message_id = $1 order by domain", row => row.GetString(0), id.Value);
        Assert.Equal(["example.com", "example.net"], items);
    }

    [Fact]
    public async Task A_key_seen_before_replays_its_message()
    {
        var first = Assert.IsType<AcceptOutcome.Accepted>(await StoreOneAsync(Keyed("k1", "body")));
        var second = Assert.IsType<AcceptOutcome.Replayed>(await StoreOneAsync(Keyed("k1", "body")));
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(1, await CountMessagesAsync());
    }

    [Fact]
    public async Task A_key_with_another_body_conflicts()
    {
        await StoreOneAsync(Keyed("k1", "body"));
        Assert.IsType<AcceptOutcome.IdempotencyConflict>(await StoreOneAsync(Keyed("k1", "other")));
        Assert.Equal(1, await CountMessagesAsync());
    }

    [Fact]
    public async Task A_key_is_free_again_when_its_time_is_over()
    {
        await StoreOneAsync(Keyed("k1", "body"));
        await database.ExecuteAsync("update idempotency_keys set expires_at = now() where organization_id = $1", _sender.Caller.Organization.Value);
        Assert.IsType<AcceptOutcome.Accepted>(await StoreOneAsync(Keyed("k1", "other")));
        Assert.Equal(2, await CountMessagesAsync());
    }

    [Fact]
    public async Task Keys_of_two_organizations_do_not_meet()
    {
        var other = await Sender.CreateAsync(database, $"accept{Interlocked.Increment(ref _names)}");
        await StoreOneAsync(Keyed("k1", "body"));
        var pending = Pending(other, other.Message() with { Idempotency = Key("k1", "other") });
        Assert.IsType<AcceptOutcome.Accepted>((await _store.StoreAsync([pending], default)).Single());
    }

    [Fact]
    public async Task Equal_keys_in_one_batch_make_one_message()
    {
        var outcomes = await _store.StoreAsync(
            [.. Enumerable.Range(0, 10).Select(_ => Pending(_sender, Keyed("k1", "body")))], default);
        Assert.Single(outcomes.OfType<AcceptOutcome.Accepted>());
        Assert.Equal(9, outcomes.OfType<AcceptOutcome.Replayed>().Count());
        Assert.Equal(1, await CountMessagesAsync());
    }

    [Fact]
    public async Task Batches_that_race_for_the_same_keys_make_one_message_each()
    {
        var batches = Enumerable.Range(0, 8).Select(_ => Task.Run(() => _store.StoreAsync(
            [.. Enumerable.Range(0, 20).OrderBy(_ => Random.Shared.Next()).Select(i => Pending(_sender, Keyed($"k{i}", "body")))], default)));
        var outcomes = (await Task.WhenAll(batches)).SelectMany(batch => batch).ToList();
        Assert.Equal(20, outcomes.OfType<AcceptOutcome.Accepted>().Count());
        Assert.Equal(140, outcomes.OfType<AcceptOutcome.Replayed>().Count());
        Assert.Equal(20, await CountMessagesAsync());
    }

    [Fact]
    public async Task A_batch_that_fails_stores_nothing()
    {
        var good = Pending(_sender, Keyed("k1", "body"));
        var bad = Pending(_sender, _sender.Message() with { Subject = new string('x', 999) });
        await Assert.ThrowsAnyAsync<Npgsql.PostgresException>(() => _store.StoreAsync([good, bad], default));
        Assert.Equal(0, await CountMessagesAsync());
        Assert.IsType<AcceptOutcome.Accepted>(await StoreOneAsync(Keyed("k1", "body")));
    }

    private async Task<AcceptOutcome> StoreOneAsync(OutgoingMessage message) =>
        (await _store.StoreAsync([Pending(_sender, message)], default)).Single();

    private OutgoingMessage Keyed(string key, string body) => _sender.Message() with { Idempotency = Key(key, body) };

    private static Idempotency Key(string key, string body) => new("send", key, SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    private static PendingAccept Pending(Sender sender, OutgoingMessage message) =>
        new(sender.Caller, PrefixedId.New<MessageId>(TimeProvider.System), sender.Domain, message, [], null);

    private Task<long> CountMessagesAsync() =>
        database.ValueAsync<long>("select count(*) from messages where organization_id = $1", _sender.Caller.Organization.Value);
}
