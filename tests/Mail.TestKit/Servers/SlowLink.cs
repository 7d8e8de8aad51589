using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mail.TestKit.Servers;

/// <summary>
/// A way to a server on which, with <c>MAIL_TEST_SLOW_LINKS=0.05</c>, every twentieth piece is held for up to 400 ms. Brings out tests that wait
/// for one thing and assert another, which else fail on a busy machine once in a while.
/// </summary>
internal static class SlowLink
{
    private const int LongestHold = 400;
    private static readonly double Share = double.Parse(
        Environment.GetEnvironmentVariable("MAIL_TEST_SLOW_LINKS") ?? "0", NumberStyles.Float, CultureInfo.InvariantCulture);
    private static readonly ConcurrentDictionary<int, Lazy<int>> Ports = new();

    /// <summary>The port that leads to this one slowly; by default the port itself.</summary>
    public static int To(int port) => Share > 0 ? Ports.GetOrAdd(port, key => new Lazy<int>(() => Open(key))).Value : port;

    private static int Open(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 512);
        _ = AcceptAsync(listener, port);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task AcceptAsync(TcpListener listener, int port)
    {
        while (true)
            _ = JoinAsync(await listener.AcceptSocketAsync(), port);
    }

    private static async Task JoinAsync(Socket client, int port)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port);
                await Task.WhenAny(CarryAsync(client, server), CarryAsync(server, client));
            }
            catch (SocketException)
            {
                // The server is away: the client is told by the end of its connection.
            }
        }
    }

    private static async Task CarryAsync(Socket from, Socket to)
    {
        var piece = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(piece) is var length and > 0)
            {
                if (Random.Shared.NextDouble() < Share)
                    await Task.Delay(Random.Shared.Next(LongestHold));
                for (var sent = 0; sent < length;)
                    sent += await to.SendAsync(piece.AsMemory(sent, length - sent));
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // One side has closed; the other one is closed with it.
        }
    }
}
