using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// gRPC over HTTP/2 as far as one trusted client needs it: a message is a zero byte (not compressed), its length in four
/// bytes, big-endian, and its octets; the status is a trailer.
/// </summary>
internal static class GrpcFraming
{
    private const int HeaderLength = 5;
    private const int LongestRequest = 1 << 20;

    public static void Begin(HttpResponse response)
    {
        response.ContentType = "application/grpc";
        response.DeclareTrailer("grpc-status");
        response.DeclareTrailer("grpc-message");
    }

    public static void End(HttpResponse response, GrpcStatus status, string message = "")
    {
        response.AppendTrailer("grpc-status", ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture));
        response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }

    public static async Task<T> ReadAsync<T>(HttpRequest request, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        var header = new byte[HeaderLength];
        await request.Body.ReadExactlyAsync(header, cancellationToken);
        var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1));
        if (header[0] != 0 || length is < 0 or > LongestRequest) throw new InvalidDataException("The gRPC request is compressed or too long.");
        var body = new byte[length];
        await request.Body.ReadExactlyAsync(body, cancellationToken);
        return parser.ParseFrom(body);
    }

    public static async Task WriteAsync(HttpResponse response, IMessage message, CancellationToken cancellationToken)
    {
        var length = message.CalculateSize();
        var frame = new byte[HeaderLength + length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length);
        message.WriteTo(frame.AsSpan(HeaderLength));
        await response.Body.WriteAsync(frame, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}

internal enum GrpcStatus
{
    Ok = 0,
    Internal = 13,
    NotFound = 5,
    Unimplemented = 12,
    Unauthenticated = 16,
}
