using Mail.Core.Billing;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Tests.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Billing;

public sealed class UsageCountTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static int _names;
    private readonly AcceptStore _accept = new(database.DataSource, Options.Create(new AcceptOptions()), TimeProvider.System);
    private readonly BillingStore _billing = new(database.DataSource);
    private Sender _sender = null!;

    public async Task InitializeAsync() => _sender = await Sender.CreateAsync(database, $"usage{Interlocked.Increment(ref _names)}");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Parallel_writers_count_every_recipient_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                await _accept.StoreAsync([.. Enumerable.Range(0, 5).Select(_ => Pending("a@example.com", "b@example.net"))], default);
        })));

        Assert.Equal(1600, await UsedAsync());
        Assert.Equal(await AcceptedAsync(), await UsedAsync());
        Assert.Equal(1600, await database.ValueAsync<long>(
            "select sum(accepted)::bigint from sending_hours where organization_id = $1", _sender.Caller.Organization.Value));
    }

    [Fact]
    public async Task A_killed_transaction_counts_nothing()
    {
        await _accept.StoreAsync([Pending("a@example.com")], default);
        // Writers whose connections are cut at any moment: what committed is counted, what did not is not.
        var killed = 0L;
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 25 || (Interlocked.Read(ref killed) == 0 && i < 10_000); i++)
            {
                try
                {
                    await _accept.StoreAsync([Pending("a@example.com", "b@example.com")], default);
                }
                catch (Npgsql.NpgsqlException)
                {
                    // Cut.
                }
            }
        })).ToList();
        while (writers.Exists(writer => !writer.IsCompleted))
            Interlocked.Add(ref killed, await KillAsync());
        await Task.WhenAll(writers);
        database.DataSource.Clear();

        Assert.True(killed > 0, "No writer was cut.");
        Assert.Equal(await AcceptedAsync(), await UsedAsync());
    }

    [Fact]
    public async Task Test_mail_and_replays_are_not_counted()
    {
        var key = new Idempotency("send", "k1", new byte[32]);
        var test = Pending("a@example.com") with { Caller = _sender.Caller with { Mode = SendingMode.Test } };
        PendingAccept Keyed() => new(
            _sender.Caller, PrefixedId.New<MessageId>(TimeProvider.System), _sender.Domain, _sender.Message() with { Idempotency = key }, [], null);

        await _accept.StoreAsync([test, Keyed(), Keyed()], default);
        await _accept.StoreAsync([Keyed()], default);

        Assert.Equal(1, await UsedAsync());
    }

    [Fact]
    public async Task The_cap_is_noted_once_in_a_month()
    {
        var organization = _sender.Caller.Organization;

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => _billing.NoteCapReachedAsync(organization, "2026-06", 40, default))));
        await _billing.NoteCapReachedAsync(organization, "2026-07", 40, default);

        Assert.Equal(2, await database.ValueAsync<long>(
            "select count(*) from events where organization_id = $1 and type = 'mail.usage.spend_cap_reached'", organization.Value));
    }

    private PendingAccept Pending(params string[] recipients) => new(
        _sender.Caller, PrefixedId.New<MessageId>(TimeProvider.System), _sender.Domain, _sender.Message(recipients), [], null);

    private async Task<long> UsedAsync() => (await _billing.UsageAsync(_sender.Caller.Organization, default)).Accepted;

    private Task<long> AcceptedAsync() => database.ValueAsync<long>(
        "select count(*) from message_recipients where organization_id = $1", _sender.Caller.Organization.Value);

    // Of this test's writers only: the database is its own.
    private async Task<long> KillAsync()
    {
        try
        {
            return await database.ValueAsync<long>(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and state in ('active', 'idle in transaction')
                  and xact_start is not null and backend_type = 'client backend' and random() < 0.2
                """);
        }
        catch (Npgsql.NpgsqlException)
        {
            return 0;
        }
    }
}
