using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Mail.Core.Persistence;

namespace Mail.Core.Queue;

/// <summary>
/// Tells the workers that something is due, after its commit and outside of its transaction: NOTIFY takes a lock that
/// would make concurrent commits wait for each other. Many signals become one; a lost one costs a poll interval.
/// </summary>
public sealed class QueueSignal(NpgsqlDataSource database) : BackgroundService
{
    public const string Channel = "mail_queue";

    private readonly Channel<byte> _pending = System.Threading.Channels.Channel.CreateBounded<byte>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Notify() => _pending.Writer.TryWrite(0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _pending.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await database.ExecuteAsync("select pg_notify($1, '')", stoppingToken, Channel);
            }
            catch (NpgsqlException)
            {
                // Polling finds the work; there is nobody to tell while the database is away.
            }
        }
    }
}
