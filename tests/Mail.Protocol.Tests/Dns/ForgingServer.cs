using System.Net;
using System.Net.Sockets;

namespace Mail.Protocol.Tests.Dns;

/// <summary>Stands before a real server and sends a forged copy of each answer ahead of the true one, from the same address.</summary>
internal sealed class ForgingServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();

    public ForgingServer(IPEndPoint origin, string forgery)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = ServeAsync(origin, forgery);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(IPEndPoint origin, string forgery)
    {
        var buffer = new byte[4096];
        var token = _stop.Token;
        try
        {
            while (true)
            {
                var asked = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), token);
                using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                await upstream.ConnectAsync(origin, token);
                await upstream.SendAsync(buffer.AsMemory(0, asked.ReceivedBytes), SocketFlags.None, token);
                var length = await upstream.ReceiveAsync(buffer, SocketFlags.None, token);
                await _socket.SendToAsync(Forge(buffer[..length], forgery), SocketFlags.None, asked.RemoteEndPoint, token);
                await _socket.SendToAsync(buffer.AsMemory(0, length), SocketFlags.None, asked.RemoteEndPoint, token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private static byte[] Forge(byte[] answer, string forgery)
    {
        // The answer ends with an A record and OPT: spoil the address, so that taking the forgery shows.
        answer[^12] = 66;
        switch (forgery)
        {
            case "id":
                answer[0] ^= 1;
                break;
            case "question":
                answer[13] = (byte)'z';
                break;
            case "direction":
                answer[2] &= 0x7F;
                break;
        }
        return answer;
    }
}
