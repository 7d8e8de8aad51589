using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>Which worker does what one of them does for all.</summary>
public sealed class WorkerRoleStore(NpgsqlDataSource database)
{
    /// <summary>True when the role is this worker's for so long; it keeps it as long as it asks again in time.</summary>
    public async Task<bool> TakeAsync(string role, string worker, TimeSpan lease, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            insert into worker_roles as held (role, worker, until) values ($1, $2, now() + $3)
            on conflict (role) do update set worker = excluded.worker, until = excluded.until
                where held.worker = excluded.worker or held.until <= now()
            """,
            cancellationToken, role, worker, lease) == 1;

    /// <summary>Another may have it at once.</summary>
    public Task LeaveAsync(string role, string worker, CancellationToken cancellationToken) => database.ExecuteAsync(
        "delete from worker_roles where role = $1 and worker = $2", cancellationToken, role, worker);
}
