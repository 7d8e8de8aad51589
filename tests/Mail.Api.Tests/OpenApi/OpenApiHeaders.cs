using System.Text.Json.Nodes;

namespace Mail.Api.Tests.OpenApi;

/// <summary>The headers that answers carry.</summary>
internal static class OpenApiHeaders
{
    private static readonly (string Name, string Type, string Text)[] _all =
    [
        ("X-Request-Id", "string", "The id of the request, which is that of its trace. Quote it when you report a problem."),
        ("RateLimit-Policy", "string", "The limits that apply: how many requests in how many seconds."),
        ("RateLimit", "string", "What is left of the limit, and when it is whole again."),
        ("ratelimit-limit", "integer", "The limit, in the older form."),
        ("ratelimit-remaining", "integer", "What is left, in the older form."),
        ("ratelimit-reset", "integer", "Seconds until the limit is whole again, in the older form."),
        ("Retry-After", "integer", "Seconds to wait before trying again."),
        ("Idempotency-Replayed", "string", "`true` when the answer is that of an earlier request with the same key."),
        ("Link", "string", "The address of the next page, with `rel=\"next\"`; absent on the last page."),
        ("Location", "string", "The address of what was made."),
        ("WWW-Authenticate", "string", "`Bearer`."),
    ];

    public static readonly string[] Limited = ["RateLimit-Policy", "RateLimit", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];

    public static JsonObject Components() => new(_all.Select(header => KeyValuePair.Create(header.Name, (JsonNode?)new JsonObject
    {
        ["description"] = header.Text,
        ["schema"] = new JsonObject { ["type"] = header.Type },
    })));

    public static JsonObject Of(params IEnumerable<string> names) => new(names.Select(name =>
        KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["$ref"] = "#/components/headers/" + name })));
}
