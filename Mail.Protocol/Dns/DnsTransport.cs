using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Mail.Protocol.Dns;

/// <summary>Asks one server once: over UDP, and over TCP when the answer does not fit or does not inspire confidence.</summary>
internal sealed class DnsTransport(TimeProvider clock, TimeSpan timeout, bool randomizeCase)
{
    // Wrong messages on our socket are forgeries or strays; after a few, a forger is guessing and TCP ends the game.
    private const int MaxStrays = 4;

    /// <summary>The server's answer, or why there is none.</summary>
    public async Task<DnsReply> AskAsync(IPEndPoint server, string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(server, DnsQuery.Create(name, type, edns: true, randomizeCase), cancellationToken);
        // RFC 6891 §7: a server that knows no EDNS answers FORMERR, and older ones NOTIMP.
        return reply is DnsReply.Answered { Message.Rcode: DnsMessage.FormErr or DnsMessage.NotImp }
            ? await AskAsync(server, DnsQuery.Create(name, type, edns: false, randomizeCase), cancellationToken)
            : reply;
    }

    private async Task<DnsReply> AskAsync(IPEndPoint server, DnsQuery query, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var bytes = await OverUdpAsync(server, query, either.Token) ?? await OverTcpAsync(server, query, either.Token);
            if (bytes is null)
                return new DnsReply.Unusable("answer to another question");
            return DnsMessage.Read(bytes) is { } message ? new DnsReply.Answered(message) : new DnsReply.Unusable("malformed message");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DnsReply.Silent($"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return new DnsReply.Silent(e.Message);
        }
    }

    /// <summary>Null when the question has to be asked over TCP.</summary>
    private async Task<byte[]?> OverUdpAsync(IPEndPoint server, DnsQuery query, CancellationToken cancellationToken)
    {
        // A fresh socket per question: the system picks a random port (RFC 5452 §9.2), and a connected socket
        // takes datagrams of this server only (RFC 5452 §9.1).
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var buffer = ArrayPool<byte>.Shared.Rent(DnsQuery.UdpPayloadBytes + 1);
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            await socket.SendAsync(query.Packet, SocketFlags.None, cancellationToken);
            for (var strays = 0; strays < MaxStrays; strays++)
            {
                var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
                var message = buffer.AsSpan(0, length);
                if (!query.IsAnsweredBy(message))
                    continue;
                var isWhole = !DnsMessage.IsTruncated(message) && length <= DnsQuery.UdpPayloadBytes;
                return isWhole && (!randomizeCase || query.IsRepeatedExactlyIn(message)) ? message.ToArray() : null;
            }
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<byte[]?> OverTcpAsync(IPEndPoint server, DnsQuery query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken);
        using var stream = new NetworkStream(socket);
        // RFC 1035 §4.2.2: two octets of length before each message.
        var framed = new byte[query.Packet.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Packet.Length);
        query.Packet.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellationToken);

        var prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix, cancellationToken);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message, cancellationToken);
        return query.IsAnsweredBy(message) ? message : null;
    }
}

/// <summary>How one server took one question.</summary>
internal abstract record DnsReply
{
    /// <summary>A well-formed message to this question, with any response code.</summary>
    public sealed record Answered(DnsMessage Message) : DnsReply;

    /// <summary>Something came that is not an answer.</summary>
    public sealed record Unusable(string Detail) : DnsReply;

    /// <summary>Nothing came, or the server cannot be reached.</summary>
    public sealed record Silent(string Detail) : DnsReply;
}
