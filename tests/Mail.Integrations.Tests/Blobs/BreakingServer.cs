using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Integrations.Tests.Blobs;

/// <summary>Serves one blob and closes every connection after so many bytes of it.</summary>
internal sealed class BreakingServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _content;
    private readonly int _breakAfter;

    public BreakingServer(byte[] content, int breakAfter)
    {
        (_content, _breakAfter) = (content, breakAfter);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> Ranges { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
                var range = "";
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    if (line.StartsWith("Range: ", StringComparison.OrdinalIgnoreCase)) range = line[7..];
                }
                Ranges.Add(range);
                await AnswerAsync(client.GetStream(), range);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, string range)
    {
        var from = range.Length == 0 ? 0 : int.Parse(range["bytes=".Length..range.IndexOf('-', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        var head = $"HTTP/1.1 {(from == 0 ? "200 OK" : "206 Partial Content")}\r\nETag: \"1\"\r\nContent-Length: {_content.Length - from}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(_content.AsMemory(from, Math.Min(_breakAfter, _content.Length - from)));
    }
}
