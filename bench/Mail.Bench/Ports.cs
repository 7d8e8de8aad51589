using System.Net;
using System.Net.Sockets;

namespace Mail.Bench;

internal static class Ports
{
    public static int Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Returns once something listens there.</summary>
    public static async Task WaitAsync(int port, TimeSpan limit)
    {
        using var time = new CancellationTokenSource(limit);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, time.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, time.Token);
            }
        }
    }
}
