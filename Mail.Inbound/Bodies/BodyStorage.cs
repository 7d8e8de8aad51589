using Microsoft.Extensions.Options;

namespace Mail.Inbound.Bodies;

/// <summary>Where sessions keep the messages that they read, and in which turn large ones are worked on.</summary>
internal sealed class BodyStorage(BodyMemory memory, SpillFolder folder, IOptions<BodyOptions> options, TimeProvider clock) : IDisposable
{
    // RFC 5321 §4.5.3.2.6: a client waits ten minutes for the reply to its final dot; the work needs some of them.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turns = new(options.Value.LargeAtOnce);

    public BodyWriter CreateWriter() => new(memory, folder, options.Value.MemoryBytes);

    /// <summary>Waits until a large message may be worked on; null when that takes too long. The turn ends with its disposal.</summary>
    public async ValueTask<IDisposable?> TakeTurnAsync()
    {
        using var limit = new CancellationTokenSource(MaxWait, clock);
        try
        {
            await _turns.WaitAsync(limit.Token);
            return new Turn(_turns);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
