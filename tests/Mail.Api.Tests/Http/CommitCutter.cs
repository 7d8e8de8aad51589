using System.Net;
using System.Net.Sockets;

namespace Mail.Api.Tests.Http;

/// <summary>Stands between the API and PostgreSQL, and cuts the connections of those who commit.</summary>
internal sealed class CommitCutter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private readonly Task _accepting;
    private int _cuts;

    public CommitCutter(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Null: every commit passes.</summary>
    public CommitCut? Cut { get; set; }

    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var answers = CopyAsync(server.GetStream(), client.GetStream(), over.Token);
                var requests = RequestsAsync(client.GetStream(), server.GetStream(), over);
                await Task.WhenAny(requests, answers);
                await over.CancelAsync();
                // Both: where the answer is cut off, the commit still has to arrive.
                await Task.WhenAll(requests, answers);
            }
            catch (Exception cut) when (cut is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The end of one of the two is that of the other.
            }
        }
    }

    private async Task RequestsAsync(NetworkStream client, NetworkStream server, CancellationTokenSource answers)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await client.ReadAsync(buffer, answers.Token)) > 0)
        {
            if (Cut is not { } cut || buffer.AsSpan(0, read).IndexOf("COMMIT\0"u8) < 0)
            {
                await server.WriteAsync(buffer.AsMemory(0, read), answers.Token);
                continue;
            }
            Interlocked.Increment(ref _cuts);
            if (cut == CommitCut.BeforeItArrives)
                return;
            // Nobody hears the answer, but there is one: it is committed.
            await answers.CancelAsync();
            await server.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            _ = await server.ReadAsync(buffer, _stop.Token);
            return;
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
    }
}

internal enum CommitCut
{
    BeforeItArrives,
    BeforeTheAnswer,
}
