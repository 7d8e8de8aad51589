using System.Collections.Concurrent;
using System.Net;
using Mail.Core.Tls;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Tls;

/// <summary>Servers that offer TLS and fail at it: mail that may go in the clear goes so at once, for a while.</summary>
internal sealed class TlsFailures(IOptions<TlsOptions> options, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<EndPoint, Entry> _failed = new();

    public void Remember(EndPoint server, string problem)
    {
        if (_failed.Count >= Capacity)
            _failed.Clear();
        _failed[server] = new Entry(problem, clock.GetTimestamp());
    }

    public void Forget(EndPoint server)
    {
        if (!_failed.IsEmpty)
            _failed.TryRemove(server, out _);
    }

    /// <summary>What was wrong; null when TLS is to be tried.</summary>
    public string? Of(EndPoint server)
    {
        if (_failed.IsEmpty || !_failed.TryGetValue(server, out var entry))
            return null;
        if (clock.GetElapsedTime(entry.Since) < options.Value.RememberFailures)
            return entry.Problem;
        _failed.TryRemove(KeyValuePair.Create(server, entry));
        return null;
    }

    private sealed record Entry(string Problem, long Since);
}
