using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Mail.TestKit.Smtp;

/// <summary>An SMTP server on loopback that does what its script says and keeps what it gets.</summary>
public sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly ConcurrentQueue<ReceivedMessage> _messages = new();
    private readonly Channel<ReceivedMessage> _arrivals = Channel.CreateUnbounded<ReceivedMessage>();
    private readonly ConcurrentDictionary<Task, bool> _sessions = new();
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _listener;
    private readonly Task _accepting;
    private int _connections;

    private ScriptedSmtpServer(SmtpScript script, IPEndPoint endPoint)
    {
        Script = script;
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Accepted sockets inherit it, and TCP tells the peer from the first packet on.
        if (script.ReceiveBuffer is { } size)
            _listener.ReceiveBufferSize = size;
        _listener.Bind(endPoint);
        _listener.Listen(512);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public SmtpScript Script { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Every command line of every connection, in order of arrival.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    /// <summary>Every message taken.</summary>
    public IReadOnlyList<ReceivedMessage> Messages => [.. _messages];

    /// <summary>Ends when a session has come to <see cref="SmtpStep.Hang"/>.</summary>
    public Task Hung => _hung.Task;

    /// <summary>Starts on a free port of 127.0.0.1, or on the given end point (127.0.0.x with one port for several MX hosts).</summary>
    public static ScriptedSmtpServer Start(SmtpScript? script = null, IPEndPoint? endPoint = null) =>
        new(script ?? new SmtpScript(), endPoint ?? new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>The next message not yet returned by this method.</summary>
    public ValueTask<ReceivedMessage> NextMessageAsync(CancellationToken cancellationToken) =>
        _arrivals.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_sessions.Keys);
        _stop.Dispose();
    }

    internal void SetHung() => _hung.TrySetResult();

    internal void Add(string command) => _commands.Enqueue(command);

    internal void Add(ReceivedMessage message)
    {
        _messages.Enqueue(message);
        _arrivals.Writer.TryWrite(message);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                var session = ServeAsync(socket);
                _sessions.TryAdd(session, true);
                _ = session.ContinueWith(done => _sessions.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The server is being disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        using (socket)
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            var session = new ScriptedSmtpSession(this, stream, socket);
            try
            {
                await session.RunAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException
                or System.Security.Authentication.AuthenticationException)
            {
                // The peer went away or broke TLS off, which scripts provoke on purpose.
            }
        }
    }
}
