using System.Net;
using System.Net.Sockets;

namespace Mail.TestKit.Smtp;

/// <summary>
/// An address that answers nothing, not even that nobody listens: its queue of connections is full and never read, so that the system drops
/// every further SYN.
/// </summary>
public sealed class SilentPort : IDisposable
{
    private const int MoreThanFit = 4;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queue = [];

    public SilentPort(IPEndPoint endPoint)
    {
        _listener.Bind(endPoint);
        _listener.Listen(0);
        for (var i = 0; i < MoreThanFit; i++)
        {
            var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _queue.Add(waiting);
            try
            {
                waiting.Connect(endPoint);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // On its way, and to stay there.
            }
        }
    }

    public void Dispose()
    {
        _queue.ForEach(waiting => waiting.Dispose());
        _listener.Dispose();
    }
}
