using Mail.Core.Organizations;
using Mail.Core.Queue;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Queue;

public sealed class QueueStatusTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly QueueStatusStore _queue = new(database.DataSource);
    private OrganizationId _organization;

    public async Task InitializeAsync()
    {
        await database.ExecuteAsync("delete from delivery_queue");
        await database.ExecuteAsync("delete from organizations where name = 'queue status'");
        _organization = (await new OrganizationStore(database.DataSource, TimeProvider.System).CreateAsync("queue status", default))!.Value;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Items_are_counted_by_state_organization_and_domain()
    {
        await AddAsync("a.test", 3, "due_at = now()");
        await AddAsync("b.test", 2, "due_at = now() + interval '1 hour', ready = false, attempts = 1");
        await AddAsync("b.test", 1, "due_at = now() + interval '1 minute', ready = false, leased_by = 'w'");
        await AddAsync("c.test", 1, "due_at = now() + interval '1 minute', ready = false, enqueued_at = now() - interval '1 day'");

        var counts = await _queue.CountAsync(3, CancellationToken.None);
        var all = await _queue.CountAsync(100, CancellationToken.None);

        Assert.Equal(["queued a.test 3", "deferred b.test 2", "sending b.test 1"], counts.Select(count => $"{count.State} {count.Domain} {count.Items}"));
        var last = all[^1];
        Assert.Equal(("waiting", "c.test", "queue status"), (last.State, last.Domain, last.OrganizationName));
        Assert.InRange(last.Oldest, TimeSpan.FromHours(24), TimeSpan.FromHours(25));
    }

    [Theory]
    [InlineData("due_at = now() - interval '20 minutes'", 20)]
    [InlineData("due_at = now() - interval '20 minutes', ready = false", 20)]
    [InlineData("due_at = now() - interval '20 minutes', faults = 2", 20)]
    [InlineData("due_at = now() + interval '20 minutes', ready = false", 0)]
    public async Task The_oldest_due_item_is_found_whatever_it_waits_for(string columns, int minutes)
    {
        await AddAsync("a.test", 2, "due_at = now()");
        await AddAsync("z.test", 1, columns);

        var oldest = await _queue.OldestDueAsync(CancellationToken.None) ?? TimeSpan.Zero;

        Assert.InRange(oldest, TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(minutes + 1));
    }

    [Fact]
    public async Task An_empty_queue_has_no_age() => Assert.Null(await _queue.OldestDueAsync(CancellationToken.None));

    [Theory]
    [InlineData(5, HealthStatus.Healthy)]
    [InlineData(15, HealthStatus.Degraded)]
    public async Task Late_mail_degrades(int minutes, HealthStatus expected)
    {
        await AddAsync("a.test", 1, $"due_at = now() - interval '{minutes} minutes'");
        var check = new QueueHealthCheck(_queue, Options.Create(new QueueHealthOptions()));

        var result = await check.CheckHealthAsync(new HealthCheckContext());

        Assert.Equal(expected, result.Status);
        Assert.InRange((long)result.Data["oldestDueSeconds"], minutes * 60, minutes * 60 + 60);
    }

    private async Task AddAsync(string domain, int count, string columns)
    {
        for (var i = 0; i < count; i++)
        {
            var id = (await database.RowsAsync(
                """
                insert into delivery_queue (id, organization_id, message_id, mode, domain, give_up_at)
                values (gen_random_uuid(), $1, gen_random_uuid(), 'live', $2, now() + interval '2 days') returning id
                """, row => row.GetGuid(0), _organization.Value, domain)).Single();
            await database.ExecuteAsync($"update delivery_queue set {columns} where id = $1", id);
        }
    }
}
