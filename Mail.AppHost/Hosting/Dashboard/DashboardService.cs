using Aspire.DashboardService.Proto.V1;
using Aspire.Hosting.Orchestration;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>The methods of the resource service, named as the dashboard calls them.</summary>
internal sealed class DashboardService(ResourceNotificationService notifications, ResourceLogs logs, ResourceCommandService commands)
{
    private const string ApplicationName = "Mail";

    public async Task<GrpcStatus> AnswerAsync(string method, HttpContext context, CancellationToken cancellationToken)
    {
        switch (method)
        {
            case "GetApplicationInformation":
                var information = new ApplicationInformationResponse { ApplicationName = ApplicationName };
                await GrpcFraming.WriteAsync(context.Response, information, cancellationToken);
                return GrpcStatus.Ok;
            case "WatchResources":
                await WatchResourcesAsync(context.Response, cancellationToken);
                return GrpcStatus.Ok;
            case "WatchResourceConsoleLogs":
                var wanted = await GrpcFraming.ReadAsync(context.Request, WatchResourceConsoleLogsRequest.Parser, cancellationToken);
                await WatchLogsAsync(wanted, context.Response, cancellationToken);
                return GrpcStatus.Ok;
            case "ExecuteResourceCommand":
                var command = await GrpcFraming.ReadAsync(context.Request, ResourceCommandRequest.Parser, cancellationToken);
                await GrpcFraming.WriteAsync(context.Response, await ExecuteAsync(command, cancellationToken), cancellationToken);
                return GrpcStatus.Ok;
            case "WatchInteractions":
                // This host asks its user nothing; the stream stays open and silent.
                await context.Response.StartAsync(cancellationToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return GrpcStatus.Ok;
            default:
                return GrpcStatus.Unimplemented;
        }
    }

    private async Task WatchResourcesAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        var initial = new InitialResourceData();
        initial.Resources.AddRange(notifications.Current.Select(ResourceMessages.From));
        await GrpcFraming.WriteAsync(response, new WatchResourcesUpdate { InitialData = initial }, cancellationToken);
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            var changes = new WatchResourcesChanges { Value = { new WatchResourcesChange { Upsert = ResourceMessages.From(change) } } };
            await GrpcFraming.WriteAsync(response, new WatchResourcesUpdate { Changes = changes }, cancellationToken);
        }
    }

    private async Task WatchLogsAsync(WatchResourceConsoleLogsRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var log = logs[request.ResourceName];
        if (request.SuppressFollow)
        {
            var all = new WatchResourceConsoleLogsUpdate();
            all.LogLines.AddRange(log.Snapshot().Select(ResourceMessages.From));
            await GrpcFraming.WriteAsync(response, all, cancellationToken);
            return;
        }
        await response.StartAsync(cancellationToken);
        await foreach (var line in log.FollowAsync(cancellationToken))
        {
            var update = new WatchResourceConsoleLogsUpdate { LogLines = { ResourceMessages.From(line) } };
            await GrpcFraming.WriteAsync(response, update, cancellationToken);
        }
    }

    private async Task<ResourceCommandResponse> ExecuteAsync(ResourceCommandRequest request, CancellationToken cancellationToken)
    {
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, cancellationToken);
        var response = new ResourceCommandResponse
        {
            Kind = result.Success ? ResourceCommandResponseKind.Succeeded : ResourceCommandResponseKind.Failed,
        };
        if (result.Message is { } message) response.Message = message;
        return response;
    }
}
