using System.Threading.Channels;

namespace Mail.Worker.Pools;

/// <summary>Wakes one waiting loop; signals that come before it waits again become one.</summary>
internal sealed class Wake
{
    private readonly Channel<byte> _signals = Channel.CreateBounded<byte>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _signals.Writer.TryWrite(0);

    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signals.Reader.ReadAsync(cancellationToken);
}
