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
}
