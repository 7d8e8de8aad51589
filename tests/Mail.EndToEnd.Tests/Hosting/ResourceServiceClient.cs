using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Mail.EndToEnd.Tests.Hosting;

/// <summary>Calls the resource service as the dashboard does: gRPC on HTTP/2 without TLS.</summary>
internal sealed class ResourceServiceClient(string url, string key) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Every message of the answer; at its end the status is checked.</summary>
    public async IAsyncEnumerable<T> CallAsync<T>(
        string method, IMessage request, MessageParser<T> parser, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        using var response = await SendAsync(method, request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var header = new byte[5];
        while (await body.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) == header.Length)
        {
            var message = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
            await body.ReadExactlyAsync(message, cancellationToken);
            yield return parser.ParseFrom(message);
        }
        Assert.Equal("0", Status(response));
    }

    public async Task<string> StatusOfAsync(string method, IMessage request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, request, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return Status(response);
    }

    public void Dispose() => _http.Dispose();

    private static string Status(HttpResponseMessage response) => response.TrailingHeaders.GetValues("grpc-status").Single();

    private async Task<HttpResponseMessage> SendAsync(string method, IMessage message, CancellationToken cancellationToken)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.CalculateSize());
        message.WriteTo(frame.AsSpan(5));
        var request = new HttpRequestMessage(HttpMethod.Post, "/aspire.v1.DashboardService/" + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            Headers = { { "x-resource-service-api-key", key } },
        };
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
