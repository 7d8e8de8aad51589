using Mail.Core.Tls;
using Mail.Worker.Delivery;
using Mail.Worker.Tls;

namespace Mail.Worker.Pools;

/// <summary>The idle connections of one destination.</summary>
internal sealed class ConnectionPool(int messagesPerConnection, TimeSpan idleTimeout, WorkerMetrics metrics, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<PooledConnection> _idle = [];
    private readonly List<PooledConnection> _spent = [];
    private bool _closed;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _idle.Count == 0 && _spent.Count == 0;
        }
    }

    /// <summary>The connection used last to one of the best targets that has the TLS the message needs, or null.</summary>
    public PooledConnection? TakeIdle(IReadOnlyList<Target> targets, RelayOptions? relay, TlsRequirement tls)
    {
        lock (_gate)
        {
            for (var i = _idle.Count - 1; i >= 0; i--)
            {
                var connection = _idle[i];
                if (!IsFor(connection, targets, relay, tls))
                    continue;
                _idle.RemoveAt(i);
                return connection;
            }
            return null;
        }
    }

    private static bool IsFor(PooledConnection connection, IReadOnlyList<Target> targets, RelayOptions? relay, TlsRequirement tls)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            var target = targets[i];
            if (target.Preference == targets[0].Preference && target.EndPoint.Equals(connection.Target.EndPoint)
                && TlsTerms.Of(target, relay, tls).AreMetBy(connection, target))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Keeps the connection for the next message. One that has had its share or is broken waits for <see cref="CloseSpentAsync"/>: what
    /// became of its last message must be on record before anybody waits for the reply to QUIT.
    /// </summary>
    public void Return(PooledConnection connection)
    {
        connection.IdleSince = clock.GetTimestamp();
        lock (_gate)
        {
            var isGood = !_closed && connection.Smtp.IsUsable && connection.Smtp.Transactions < messagesPerConnection;
            (isGood ? _idle : _spent).Add(connection);
        }
    }

    public ValueTask CloseSpentAsync()
    {
        List<PooledConnection> spent;
        lock (_gate)
        {
            if (_spent.Count == 0)
                return ValueTask.CompletedTask;
            spent = [.. _spent];
            _spent.Clear();
        }
        return new ValueTask(Task.WhenAll(spent.Select(connection => CloseAsync(connection).AsTask())));
    }

    public async Task CloseIdleAsync()
    {
        List<PooledConnection> expired;
        lock (_gate)
        {
            expired = _idle.FindAll(connection => clock.GetElapsedTime(connection.IdleSince) >= idleTimeout);
            _idle.RemoveAll(expired.Contains);
        }
        await Task.WhenAll(expired.Select(connection => CloseAsync(connection).AsTask()));
    }

    public async Task CloseAllAsync()
    {
        List<PooledConnection> all;
        lock (_gate)
        {
            _closed = true;
            all = [.. _idle, .. _spent];
            _idle.Clear();
            _spent.Clear();
        }
        await Task.WhenAll(all.Select(connection => CloseAsync(connection).AsTask()));
    }

    private async ValueTask CloseAsync(PooledConnection connection)
    {
        // Bounded by SmtpTimeouts.Quit.
        await connection.Smtp.QuitAsync(CancellationToken.None);
        await connection.Smtp.DisposeAsync();
        metrics.ConnectionClosed();
    }
}
