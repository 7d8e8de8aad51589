using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mail.Worker.Tests.Webhooks;

/// <summary>A server that receives webhooks, keeps them and answers as the test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly SemaphoreSlim _arrived = new(0);

    private WebhookReceiver(WebApplication app, RequestDelegate answer)
    {
        _app = app;
        Answer = answer;
    }

    /// <summary>What it answers; 204 unless the test says otherwise.</summary>
    public RequestDelegate Answer { get; set; }

    public ConcurrentQueue<Received> Requests { get; } = new();

    public string Url { get; private set; } = "";

    public int Port => new Uri(Url).Port;

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new WebhookReceiver(builder.Build(), Status(StatusCodes.Status204NoContent));
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        receiver.Url = receiver._app.Urls.Single();
        return receiver;
    }

    public static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>The requests once there are as many.</summary>
    public async Task<Received[]> UntilAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (Requests.Count < count)
            await _arrived.WaitAsync(limit.Token);
        return [.. Requests];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Requests.Enqueue(new Received(
            context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body.ToArray()));
        _arrived.Release();
        await Answer(context);
    }
}

internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];

    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
