using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aspire.Hosting.Dcp;

/// <summary>What the orchestrator says about a process.</summary>
internal sealed record ExecutableStatus(string Name, bool Deleted, string State, int? Pid, int? ExitCode)
{
    public bool HasEnded => Deleted || State is "Finished" or "Terminated" or "FailedToStart" or "Unknown";
}

/// <summary>Creates, watches, stops and deletes the orchestrator's objects.</summary>
internal sealed class DcpObjects(DcpServer server)
{
    public const string Executables = Root + "executables";

    private const string Root = "apis/usvc-dev.developer.microsoft.com/v1/";
    private const string Services = Root + "services";
    private const string ApiVersion = "usvc-dev.developer.microsoft.com/v1";

    /// <summary>A port of its own that forwards to the producers of the service.</summary>
    public Task CreateServiceAsync(string name, int port, CancellationToken cancellationToken) =>
        CreateAsync(Services, new JsonObject
        {
            ["apiVersion"] = ApiVersion,
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["protocol"] = "TCP",
                ["address"] = "localhost",
                ["port"] = port,
                ["addressAllocationMode"] = "Localhost",
            },
        }, cancellationToken);

    public Task CreateExecutableAsync(
        string name, LaunchPlan plan, IEnumerable<(string Service, int Port)> produces, CancellationToken cancellationToken)
    {
        var producers = new JsonArray([.. produces.Select(p => (JsonNode)new JsonObject
        {
            ["serviceName"] = p.Service,
            ["address"] = "localhost",
            ["port"] = p.Port,
        })]);
        var metadata = new JsonObject { ["name"] = name };
        if (producers.Count > 0) metadata["annotations"] = new JsonObject { ["service-producer"] = producers.ToJsonString() };
        return CreateAsync(Executables, new JsonObject
        {
            ["apiVersion"] = ApiVersion,
            ["kind"] = "Executable",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["executablePath"] = plan.Command,
                ["workingDirectory"] = plan.WorkingDirectory,
                ["executionType"] = "Process",
                ["args"] = new JsonArray([.. plan.Arguments.Select(a => (JsonNode)a)]),
                ["env"] = new JsonArray([.. plan.Environment.Select(e => (JsonNode)new JsonObject { ["name"] = e.Key, ["value"] = e.Value })]),
            },
        }, cancellationToken);
    }

    public async Task StopExecutableAsync(string name, CancellationToken cancellationToken)
    {
        using var content = MergePatch("""{"spec":{"stop":true}}""");
        using var response = await server.Http.PatchAsync($"{Executables}/{name}", content, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound) response.EnsureSuccessStatusCode();
    }

    public async Task DeleteExecutableAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await server.Http.DeleteAsync($"{Executables}/{name}", cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound) response.EnsureSuccessStatusCode();
    }

    /// <summary>Every change of every process, beginning with all present ones; ends when the orchestrator closes the stream.</summary>
    public async IAsyncEnumerable<ExecutableStatus> WatchExecutablesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await server.Http.GetAsync($"{Executables}?watch=true", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (JsonSerializer.Deserialize<JsonObject>(line) is not { } change || change["object"]?["metadata"]?["name"] is not { } name) continue;
            var status = change["object"]!["status"];
            yield return new ExecutableStatus(
                (string)name!,
                (string?)change["type"] == "DELETED",
                (string?)status?["state"] ?? "",
                Number(status?["pid"]),
                Number(status?["exitCode"]));
        }
    }

    /// <summary>The lines a process writes, until it has ended and all are read.</summary>
    public async IAsyncEnumerable<string> FollowLogAsync(
        string name, bool standardError, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = standardError ? "stderr" : "stdout";
        using var response = await server.Http.GetAsync(
            $"{Executables}/{name}/log?source={source}&follow=true&timestamps=true", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line) yield return line;
    }

    /// <summary>The orchestrator wants the bare media type, without a character set.</summary>
    internal static HttpContent MergePatch(string json) => new StringContent(json, new MediaTypeHeaderValue("application/merge-patch+json"));

    private static int? Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<long>(out var number) ? (int)number
        : node is JsonValue text && long.TryParse(text.ToString(), out var parsed) ? (int)parsed : null;

    private async Task CreateAsync(string kind, JsonObject body, CancellationToken cancellationToken)
    {
        using var response = await server.Http.PostAsJsonAsync(kind, body, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new DistributedApplicationException(
                $"The orchestrator refused {body["kind"]} '{body["metadata"]!["name"]}': {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}

/// <summary>How one run of an instance is started.</summary>
internal sealed record LaunchPlan(
    string Command, string WorkingDirectory, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment);
