using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Serves the resource service to the dashboard, on a port of the loopback interface and with a key.</summary>
internal sealed class DashboardServiceHost(
    ResourceNotificationService notifications, ResourceLogs logs, ResourceCommandService commands, ILoggerFactory loggers)
{
    private const string Prefix = "/aspire.v1.DashboardService/";
    private const string KeyHeader = "x-resource-service-api-key";

    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _web;

    public async Task<string> StartAsync(string key, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        _web = builder.Build();
        var service = new DashboardService(notifications, logs, commands);
        var expected = Encoding.UTF8.GetBytes(key);
        _web.Run(context => AnswerAsync(context, service, expected));
        await _web.StartAsync(cancellationToken);
        return _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async Task StopAsync()
    {
        if (_web is null) return;
        await _stopping.CancelAsync();
        await _web.DisposeAsync();
        _web = null;
    }

    private async Task AnswerAsync(HttpContext context, DashboardService service, byte[] key)
    {
        GrpcFraming.Begin(context.Response);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers[KeyHeader].ToString()), key))
        {
            GrpcFraming.End(context.Response, GrpcStatus.Unauthenticated, "The key is missing or wrong.");
            return;
        }
        var method = context.Request.Path.Value is { } path && path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : "";
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            var status = await service.AnswerAsync(method, context, ends.Token);
            GrpcFraming.End(context.Response, status);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            if (!context.RequestAborted.IsCancellationRequested) GrpcFraming.End(context.Response, GrpcStatus.Ok);
        }
    }
}
