using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Maintenance;

/// <summary>Tells of what is late and only waits. It goes on where it was, and now and then looks again at what was just attempted then.</summary>
internal sealed class LateNotices(LateNoticeStore store, IOptions<RetryOptions> options, TimeProvider clock)
{
    public const int Batch = 500;

    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(10);

    private QueueItemId _behind;
    private long _startedAt = clock.GetTimestamp();

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.DelayedNotice is not { Ticks: > 0 } age)
            return 0;
        if (clock.GetElapsedTime(_startedAt) >= AgainAfter)
            (_behind, _startedAt) = (default, clock.GetTimestamp());
        (var count, _behind) = await store.TellAsync(_behind, age, Batch, cancellationToken);
        return count;
    }
}
