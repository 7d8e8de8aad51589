using Mail.TestKit.Dns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>What the provider of a domain is to its owner: takes lines of a zone file by HTTP and serves them from then on.</summary>
internal sealed class ZoneReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ZoneReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<ZoneReceiver> StartAsync(DnsZone zone)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            zone.AddText(await reader.ReadToEndAsync());
        });
        await app.StartAsync();
        return new ZoneReceiver(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
