using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mail.Protocol.Dns;

namespace Mail.TestKit.Dns;

/// <summary>
/// A recursive resolver on loopback, UDP and TCP on one port, that answers from a <see cref="DnsZone"/>.
/// Understands EDNS0, truncates what does not fit, and drops questions that the zone marks as timeouts.
/// </summary>
public sealed class TestDnsServer : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Task _work;

    private TestDnsServer(DnsZone zone, IPAddress address)
    {
        Zone = zone;
        (_udp, _tcp) = Bind(address);
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _work = Task.WhenAll(Task.Run(ServeUdpAsync), Task.Run(ServeTcpAsync));
    }

    public DnsZone Zone { get; }

    /// <summary>Where it listens, on UDP and TCP.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Every question that arrived, in order.</summary>
    public ConcurrentQueue<TestDnsQuestion> Questions { get; } = new();

    /// <summary>Called with a question and the answer made for it; returns what is sent instead, or null to send nothing.</summary>
    public Func<TestDnsQuestion, byte[], byte[]?>? Tamper { get; set; }

    public static TestDnsServer Start(DnsZone? zone = null, IPAddress? address = null) => new(zone ?? new DnsZone(), address ?? IPAddress.Loopback);

    public static TestDnsServer Start(string zoneText) => Start(DnsZone.Parse(zoneText));

    /// <summary>A resolver that asks this server only.</summary>
    public StubResolver CreateResolver() => new(new StubResolverOptions { Servers = [EndPoint] });

    /// <summary>Waits until so many questions have arrived in all.</summary>
    public async Task WaitForQuestionsAsync(int count, CancellationToken cancellationToken = default)
    {
        while (Questions.Count < count)
        {
            if (!await _arrived.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken))
                throw new TimeoutException($"{Questions.Count} of {count} questions arrived.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _work;
        _stop.Dispose();
    }

    // The same port has to be free twice, which only trying tells.
    private static (Socket Udp, Socket Tcp) Bind(IPAddress address)
    {
        for (var attempt = 0; ; attempt++)
        {
            var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
            var tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            udp.Bind(new IPEndPoint(address, 0));
            try
            {
                tcp.Bind(udp.LocalEndPoint!);
                tcp.Listen();
                return (udp, tcp);
            }
            catch (SocketException) when (attempt < 20)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        var anyone = new IPEndPoint(EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, anyone, _stop.Token);
                if (Answer(buffer.AsSpan(0, received.ReceivedBytes), isTcp: false) is { } answer)
                    await _udp.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
            catch (Exception e) when (IsStop(e))
            {
                return;
            }
            catch (SocketException)
            {
                // The asker has gone away; its ICMP answer lands here.
            }
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await _tcp.AcceptAsync(_stop.Token);
                _ = ServeConnectionAsync(connection);
            }
            catch (Exception e) when (IsStop(e))
            {
                return;
            }
        }
    }

    private async Task ServeConnectionAsync(Socket connection)
    {
        using var stream = new NetworkStream(connection, ownsSocket: true);
        var prefix = new byte[2];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(prefix, _stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                await stream.ReadExactlyAsync(query, _stop.Token);
                if (Answer(query, isTcp: true) is not { } answer)
                    continue;
                var framed = new byte[answer.Length + 2];
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
                answer.CopyTo(framed, 2);
                await stream.WriteAsync(framed, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException || IsStop(e))
        {
            // The other side closed, or the server stops.
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> query, bool isTcp)
    {
        if (TestDnsQuestion.TryRead(query, isTcp) is not { } question)
            return null;
        Questions.Enqueue(question);
        _arrived.Release();
        var answer = Zone.Find(question.Name, question.Type);
        var bytes = TestDnsAnswerWriter.Write(query, question, answer, Zone.IsAuthentic);
        if (answer.Status == DnsStatus.Timeout)
            bytes = null;
        return bytes is not null && Tamper is { } tamper ? tamper(question, bytes) : bytes;
    }

    private bool IsStop(Exception e) => _stop.IsCancellationRequested && e is (OperationCanceledException or ObjectDisposedException or SocketException);
}
