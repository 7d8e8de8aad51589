using System.Collections;
using System.Globalization;
using Aspire.DashboardService.Proto.V1;
using Aspire.Hosting.Orchestration;
using Google.Protobuf.WellKnownTypes;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;
using ProtoHealth = Aspire.DashboardService.Proto.V1.HealthStatus;
using ProtoResource = Aspire.DashboardService.Proto.V1.Resource;

namespace Aspire.Hosting.Dashboard;

/// <summary>From snapshots to the dashboard's messages.</summary>
internal static class ResourceMessages
{
    public static ProtoResource From(ResourceEvent change)
    {
        var snapshot = change.Snapshot;
        var message = new ProtoResource
        {
            Name = change.ResourceId,
            ResourceType = snapshot.ResourceType,
            DisplayName = change.Resource.Name,
            Uid = change.ResourceId,
            IsHidden = snapshot.IsHidden,
            CreatedAt = Time(snapshot.CreationTimeStamp),
            StartedAt = Time(snapshot.StartTimeStamp),
            StoppedAt = Time(snapshot.StopTimeStamp),
        };
        if (snapshot.State is { } state) message.State = state.Text;
        if (snapshot.State?.Style is { } style) message.StateStyle = style;
        message.Environment.AddRange(snapshot.EnvironmentVariables.Select(From));
        message.Properties.AddRange(snapshot.Properties.Select(From));
        message.Urls.AddRange(snapshot.Urls.Select((url, order) => From(url, order)));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(From));
        message.Relationships.AddRange(snapshot.Relationships.Distinct()
            .Select(r => new ResourceRelationship { ResourceName = r.ResourceName, Type = r.Type }));
        if (change.Resource is ProjectResource or ExecutableResource or ContainerResource) message.Commands.AddRange(Commands(snapshot));
        return message;
    }

    public static ConsoleLogLine From(LogLine line) => new() { Text = line.Text, IsStdErr = line.IsError, LineNumber = line.Number };

    private static IEnumerable<ResourceCommand> Commands(CustomResourceSnapshot snapshot)
    {
        var state = snapshot.State?.Text;
        var stopped = state is null || state == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(state);
        yield return Command(KnownResourceCommands.StartCommand, "Start", "Play", stopped);
        yield return Command(KnownResourceCommands.StopCommand, "Stop", "Stop", !stopped);
        yield return Command(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", !stopped);
    }

    private static ResourceCommand Command(string name, string displayName, string icon, bool shown) => new()
    {
        Name = name,
        DisplayName = displayName,
        IconName = icon,
        IconVariant = name == KnownResourceCommands.RestartCommand ? IconVariant.Regular : IconVariant.Filled,
        IsHighlighted = true,
        State = shown ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
    };

    private static EnvironmentVariable From(EnvironmentVariableSnapshot variable) =>
        new() { Name = variable.Name, Value = variable.Value ?? "", IsFromSpec = variable.IsFromSpec };

    private static ResourceProperty From(ResourcePropertySnapshot property) =>
        new() { Name = property.Name, Value = Value(property.Value), IsSensitive = property.IsSensitive };

    private static Url From(UrlSnapshot url, int order)
    {
        var message = new Url
        {
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = url.IsInactive,
            // Without this the dashboard never leaves "Loading…".
            DisplayProperties = new UrlDisplayProperties { SortOrder = -order, DisplayName = url.DisplayText ?? "" },
        };
        if (url.Name is { } name) message.EndpointName = name;
        return message;
    }

    private static HealthReport From(HealthReportSnapshot report)
    {
        var message = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = Time(report.LastRunAt),
        };
        if (report.Status is { } status)
            message.Status = status == HealthStatus.Healthy ? ProtoHealth.Healthy : ProtoHealth.Unhealthy;
        return message;
    }

    private static Value Value(object? value) => value switch
    {
        null => Google.Protobuf.WellKnownTypes.Value.ForNull(),
        string text => Google.Protobuf.WellKnownTypes.Value.ForString(text),
        int number => Google.Protobuf.WellKnownTypes.Value.ForNumber(number),
        IEnumerable list => Google.Protobuf.WellKnownTypes.Value.ForList([.. list.Cast<object?>().Select(Value)]),
        _ => Google.Protobuf.WellKnownTypes.Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static Timestamp? Time(DateTime? time) => time is { } known ? Timestamp.FromDateTime(known) : null;
}
