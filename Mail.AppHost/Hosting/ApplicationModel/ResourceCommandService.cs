using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.ApplicationModel;

public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }

    public string? Message { get; init; }
}

/// <summary>Start, stop and restart: of one instance by its id, of all instances by the resource's name.</summary>
public class ResourceCommandService
{
    private readonly IServiceProvider _services;

    public ResourceCommandService(IServiceProvider services) => _services = services;

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource.Name, commandName, cancellationToken);

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var runners = _services.GetRequiredService<Orchestrator>().RunnersOf(resourceId);
        if (runners.Count == 0) return new ExecuteCommandResult { Success = false, Message = $"Resource '{resourceId}' has no commands." };
        if (commandName == KnownResourceCommands.StartCommand) foreach (var runner in runners) runner.Start();
        else if (commandName == KnownResourceCommands.StopCommand) await Task.WhenAll(runners.Select(r => r.StopAsync(cancellationToken)));
        else if (commandName == KnownResourceCommands.RestartCommand) await Task.WhenAll(runners.Select(r => r.RestartAsync(cancellationToken)));
        else return new ExecuteCommandResult { Success = false, Message = $"Command '{commandName}' not available for resource '{resourceId}'." };
        return new ExecuteCommandResult { Success = true };
    }
}
