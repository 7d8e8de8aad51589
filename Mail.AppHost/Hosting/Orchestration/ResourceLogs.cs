using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.Orchestration;

internal sealed record LogLine(int Number, string Text, bool IsError);

/// <summary>The console output of every instance, over its restarts.</summary>
internal sealed class ResourceLogs
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.Ordinal);

    public ResourceLog this[string id] => _logs.GetOrAdd(id, _ => new ResourceLog());
}

/// <summary>Keeps the latest lines only: a chatty service must not fill the memory of the host.</summary>
internal sealed class ResourceLog
{
    private const int Kept = 10_000;

    private readonly Queue<LogLine> _lines = new();
    private readonly List<ChannelWriter<LogLine>> _followers = [];
    private int _last;

    public void Append(string text, bool isError)
    {
        lock (_lines)
        {
            var line = new LogLine(++_last, text, isError);
            _lines.Enqueue(line);
            if (_lines.Count > Kept) _lines.Dequeue();
            foreach (var follower in _followers) follower.TryWrite(line);
        }
    }

    public IReadOnlyList<LogLine> Snapshot()
    {
        lock (_lines) return [.. _lines];
    }

    public async IAsyncEnumerable<LogLine> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(2 * Kept) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lines)
        {
            foreach (var line in _lines) channel.Writer.TryWrite(line);
            _followers.Add(channel.Writer);
        }
        try
        {
            await foreach (var line in channel.Reader.ReadAllAsync(cancellationToken)) yield return line;
        }
        finally
        {
            lock (_lines) _followers.Remove(channel.Writer);
        }
    }
}
