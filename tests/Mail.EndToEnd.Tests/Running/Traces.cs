using System.Text.Json;
using System.Web;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>A span as the dashboard received it.</summary>
public sealed record Span(string Service, string TraceId, string Id, string? Parent, string Name, int Kind, IReadOnlyDictionary<string, string> Tags);

/// <summary>The telemetry that the dashboard has, over its own API.</summary>
internal sealed class Traces(MailSystem system)
{
    private readonly Uri _dashboard = new(system.Development.DashboardUrl);

    /// <summary>The spans of one trace so far.</summary>
    public Task<IReadOnlyList<Span>> ReadAsync(string traceId) => GetAsync($"traceId={traceId}&limit=1000");

    /// <summary>The spans of all traces so far.</summary>
    public Task<IReadOnlyList<Span>> ReadAllAsync() => GetAsync("limit=100000");

    private async Task<IReadOnlyList<Span>> GetAsync(string query)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("x-api-key", HttpUtility.ParseQueryString(_dashboard.Query)["t"]);
        using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri(_dashboard, $"/api/telemetry/spans?{query}")));
        return [.. document.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray().SelectMany(SpansOf)];
    }

    private static IEnumerable<Span> SpansOf(JsonElement resource)
    {
        var service = Tags(resource.GetProperty("resource"))["service.name"];
        return resource.GetProperty("scopeSpans").EnumerateArray()
            .SelectMany(scope => scope.GetProperty("spans").EnumerateArray())
            .Select(span => new Span(
                service, span.Text("traceId"), span.Text("spanId"),
                span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null,
                span.Text("name"), span.TryGetProperty("kind", out var kind) ? kind.GetInt32() : 0, Tags(span)))
            .ToList();
    }

    private static Dictionary<string, string> Tags(JsonElement owner) => owner.TryGetProperty("attributes", out var attributes)
        ? attributes.EnumerateArray().DistinctBy(tag => tag.Text("key")).ToDictionary(
            tag => tag.Text("key"), tag => tag.GetProperty("value").EnumerateObject().First().Value.ToString())
        : [];
}
