using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Bench.Load;

/// <summary>
/// Sends requests over kept connections, one at a time on each, with as little work of its own as possible: it shares
/// the cores with what it measures.
/// </summary>
internal sealed class RestLoad(int port, string apiKey, int connections)
{
    private const int BodyCharacters = 2_000;
    private const string Placeholder = "########", DomainPlaceholder = "%%%%%%%%";
    private int _next;

    /// <summary>How many domains the recipients are in, in turn.</summary>
    public int Domains { get; init; } = 1;

    public sealed record Result(int Accepted, TimeSpan Elapsed, double[] LatenciesMs)
    {
        public double PerSecond => Accepted / Elapsed.TotalSeconds;

        public double Percentile(double share) => LatenciesMs[(int)Math.Min(LatenciesMs.Length - 1, LatenciesMs.Length * share)];
    }

    public async Task<Result> RunAsync(int messages, string run)
    {
        _next = 0;
        var latencies = new double[messages];
        var watch = Stopwatch.StartNew();
        var accepted = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => SendAsync(messages, run, latencies))));
        var elapsed = watch.Elapsed;
        Array.Sort(latencies);
        return new Result(accepted.Sum(), elapsed, latencies);
    }

    private async Task<int> SendAsync(int messages, string run, double[] latencies)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var request = Template(run);
        var (places, domainPlaces) = (PlacesOf(request, Placeholder), PlacesOf(request, DomainPlaceholder));
        var answer = new byte[8_192];
        var accepted = 0;
        for (var i = Interlocked.Increment(ref _next) - 1; i < messages; i = Interlocked.Increment(ref _next) - 1)
        {
            foreach (var place in places)
                i.TryFormat(request.AsSpan(place, Placeholder.Length), out _, "D8", CultureInfo.InvariantCulture);
            foreach (var place in domainPlaces)
                (i % Domains).TryFormat(request.AsSpan(place, DomainPlaceholder.Length), out _, "D8", CultureInfo.InvariantCulture);
            var started = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            accepted += await ReadAsync(socket, answer) ? 1 : 0;
            latencies[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
        return accepted;
    }

    // Only the number of the message changes from one request to the next.
    private byte[] Template(string run)
    {
        var domain = Domains == 1 ? "example.com" : $"d{DomainPlaceholder}.example.com";
        var body = $$"""
            {"from":{"email":"shop@demo.test","name":"Demo Shop"},"to":[{"email":"user{{Placeholder}}@{{domain}}"}],"subject":"Receipt {{Placeholder}}","text":"{{new string('x', BodyCharacters)}}","idempotencyKey":"{{run}}-{{Placeholder}}"}
            """;
        var request = $"POST /v1/mail/send HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {apiKey}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        return Encoding.ASCII.GetBytes(request);
    }

    private static List<int> PlacesOf(byte[] request, string placeholder)
    {
        var text = Encoding.ASCII.GetString(request);
        var places = new List<int>();
        for (var at = text.IndexOf(placeholder, StringComparison.Ordinal); at >= 0; at = text.IndexOf(placeholder, at + 1, StringComparison.Ordinal))
            places.Add(at);
        return places;
    }

    private static async Task<bool> ReadAsync(Socket socket, byte[] answer)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(length));
            if (read == 0)
                throw new IOException("The API closed the connection.");
            length += read;
            if (IsComplete(answer.AsSpan(0, length)))
                break;
        }
        if (answer.AsSpan(0, length).StartsWith("HTTP/1.1 202"u8))
            return true;
        throw new InvalidOperationException("Not accepted: " + Encoding.ASCII.GetString(answer, 0, length));
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = answer[..end];
        if (head.IndexOf("Transfer-Encoding: chunked"u8) >= 0)
            return answer.EndsWith("0\r\n\r\n"u8);
        var field = head.IndexOf("Content-Length: "u8);
        var digits = head[(field + 16)..];
        var stop = digits.IndexOf((byte)'\r');
        var size = int.Parse(stop < 0 ? digits : digits[..stop]);
        return answer.Length >= end + 4 + size;
    }
}
