using System.Collections.Concurrent;
using System.Threading.Channels;
using Mail.Core.Organizations;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Mail.Core.Inbound;

/// <summary>
/// Tells those who wait that something arrived in a dev inbox, after its commit and outside of its transaction. Who listens is woken
/// a few times a second and not by every mail; a lost signal costs a poll interval.
/// </summary>
public sealed class DevInboxSignal(DevInboxStore store, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly ConcurrentDictionary<OrganizationId, byte> _arrived = new();
    private readonly Channel<byte> _pending = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Notify(OrganizationId organization)
    {
        _arrived.TryAdd(organization, 0);
        _pending.Writer.TryWrite(0);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _pending.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await store.TellAsync([.. _arrived.Keys.Where(organization => _arrived.TryRemove(organization, out byte _))], stoppingToken);
            }
            catch (NpgsqlException)
            {
                // Who waits looks by itself; there is nobody to tell while the database is away.
            }
            await Task.Delay(Pause, clock, stoppingToken);
        }
    }
}
