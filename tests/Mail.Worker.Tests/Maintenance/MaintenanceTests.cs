using Mail.Core.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Maintenance;

public sealed class MaintenanceTests
{
    [Fact]
    public async Task Partitions_are_made_ahead()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var store = system.Front.Services.GetRequiredService<MaintenanceStore>();
        const string Partitions = "select count(*) from pg_inherits where inhparent = 'messages'::regclass";
        var before = await system.CountAsync(Partitions);

        await store.EnsurePartitionsAsync(6, CancellationToken.None);
        await store.EnsurePartitionsAsync(6, CancellationToken.None);

        Assert.Equal(before + 3, await system.CountAsync(Partitions));
    }

    [Fact]
    public async Task Expired_idempotency_keys_are_deleted_in_batches_and_others_stay()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.ExecuteAsync(
            """
            insert into idempotency_keys (organization_id, operation, key, request_hash, message_id, status, expires_at)
            select '00000000-0000-0000-0000-000000000001', 'send', 'k' || i, decode(repeat('00', 32), 'hex'),
                   '00000000-0000-0000-0000-000000000002', 'queued', now() + make_interval(hours => case when i <= 5 then -1 else 1 end)
            from generate_series(1, 8) i
            """);
        var store = system.Front.Services.GetRequiredService<MaintenanceStore>();

        var deleted = new List<int>();
        for (var i = 0; i < 3; i++)
            deleted.Add(await store.DeleteExpiredIdempotencyKeysAsync(2, CancellationToken.None));

        Assert.Equal([2, 2, 1], deleted);
        Assert.Equal(3, await system.CountAsync("select count(*) from idempotency_keys"));
    }

    [Fact]
    public async Task A_queue_with_many_dead_rows_is_vacuumed_and_one_with_few_is_not()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var store = system.Front.Services.GetRequiredService<MaintenanceStore>();
        await system.ExecuteAsync("alter table delivery_queue set (autovacuum_enabled = false)");
        await AddDeadRowsAsync(1_000);
        await store.VacuumQueuesAsync(CancellationToken.None);
        Assert.Equal(0, await system.CountAsync(Vacuums));

        await AddDeadRowsAsync(2_000);
        await store.VacuumQueuesAsync(CancellationToken.None);

        Assert.Equal(1, await system.CountAsync(Vacuums));
        Assert.Equal(0, await system.CountAsync("select n_dead_tup from pg_stat_user_tables where relname = 'delivery_queue'"));

        Task AddDeadRowsAsync(int count) => system.ExecuteAsync(
            $"""
            insert into delivery_queue (id, organization_id, message_id, mode, domain, give_up_at)
                select uuidv7(), uuidv7(), uuidv7(), 'live', 'example.test', now() + interval '1 day' from generate_series(1, {count});
            delete from delivery_queue;
            select pg_stat_force_next_flush();
            """);
    }

    private const string Vacuums = "select vacuum_count from pg_stat_user_tables where relname = 'delivery_queue'";
}
