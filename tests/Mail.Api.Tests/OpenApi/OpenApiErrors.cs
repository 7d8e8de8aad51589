using System.Text.Json.Nodes;
using Mail.Api.Http;
using Microsoft.AspNetCore.Routing;

namespace Mail.Api.Tests.OpenApi;

/// <summary>Which refusals a route can answer.</summary>
internal static class OpenApiErrors
{
    /// <summary>One kind by itself: what SDKs know errors by.</summary>
    public static JsonObject Component(ProblemKind kind, JsonNode schema) => new()
    {
        ["description"] = $"{kind.Title}. Code `{kind.Code}`, status {kind.Status}; see docs/errors/{kind.Code}.md.",
        ["headers"] = OpenApiHeaders.Of(HeadersOf(kind.Status)),
        ["content"] = new JsonObject
        {
            ["application/problem+json"] = new JsonObject { ["schema"] = schema, ["examples"] = ExampleOf(kind, kind.Status) },
        },
        ["x-error-codes"] = new JsonArray(kind.Code),
    };

    public static JsonObject Responses(IEnumerable<ProblemKind> kinds, Surface? surface, OpenApiSchemas schemas)
    {
        var responses = new JsonObject();
        foreach (var group in kinds.Distinct().GroupBy(kind => StatusOn(surface, kind)).OrderBy(group => group.Key))
        {
            var key = group.Key.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (group.Count() == 1 && group.Single().Status == group.Key)
            {
                responses[key] = new JsonObject { ["$ref"] = "#/components/responses/" + group.Single().Code };
                continue;
            }
            responses[key] = new JsonObject
            {
                ["description"] = string.Join("; ", group.Select(kind => $"`{kind.Code}`: {kind.Title}")) + ".",
                ["headers"] = OpenApiHeaders.Of(HeadersOf(group.Key)),
                ["content"] = new JsonObject
                {
                    ["application/problem+json"] = new JsonObject
                    {
                        ["schema"] = schemas.Of(typeof(ProblemBody)),
                        ["examples"] = new JsonObject(group.SelectMany(kind => ExampleOf(kind, group.Key)).Select(example => KeyValuePair.Create(example.Key, example.Value?.DeepClone()))),
                    },
                },
                ["x-error-codes"] = new JsonArray([.. group.Select(kind => JsonValue.Create(kind.Code))]),
            };
        }
        return responses;
    }

    public static IEnumerable<ProblemKind> Of(RouteEndpoint endpoint, OperationDoc doc, bool hasBody, bool hasQuery)
    {
        IEnumerable<ProblemKind> kinds = [ProblemKind.InternalError, ProblemKind.Unavailable, .. doc.Errors];
        if (endpoint.Metadata.GetMetadata<RequiredScope>() is not null)
            kinds = kinds.Concat([ProblemKind.Unauthorized, ProblemKind.Forbidden, ProblemKind.OrganizationSuspended, ProblemKind.RateLimited]);
        if (hasBody)
            kinds = kinds.Concat([ProblemKind.InvalidJson, ProblemKind.PayloadTooLarge, ProblemKind.UnsupportedMediaType]);
        if (hasBody || hasQuery)
            kinds = kinds.Append(ProblemKind.ValidationError);
        if (endpoint.RoutePattern.Parameters.Count > 0)
            kinds = kinds.Append(ProblemKind.NotFound);
        return kinds;
    }

    private static int StatusOn(Surface? surface, ProblemKind kind) => surface == Surface.Account && kind.Status == 422 ? 400 : kind.Status;

    private static string[] HeadersOf(int status) => status switch
    {
        401 => ["X-Request-Id", "WWW-Authenticate"],
        429 or 503 => ["X-Request-Id", "Retry-After"],
        _ => ["X-Request-Id"],
    };

    // Told once, and where another status is answered told again.
    private static JsonObject ExampleOf(ProblemKind kind, int status) => new()
    {
        [kind.Code] = status == kind.Status
            ? new JsonObject { ["$ref"] = "#/components/examples/" + kind.Code }
            : new JsonObject { ["value"] = Example(kind, status) },
    };

    public static JsonObject Examples() => new(ProblemKind.All.OrderBy(kind => kind.Code, StringComparer.Ordinal)
        .Select(kind => KeyValuePair.Create(kind.Code, (JsonNode?)new JsonObject { ["value"] = Example(kind, kind.Status) })));

    private static JsonObject Example(ProblemKind kind, int status)
    {
        var detail = kind.Title + ".";
        return new JsonObject
        {
            ["type"] = "https://mail.example.com/errors/" + kind.Code, ["title"] = kind.Title, ["status"] = status, ["detail"] = detail,
            ["instance"] = "/v1/mail/send", ["code"] = kind.Code,
            ["errors"] = kind == ProblemKind.ValidationError
                ? new JsonArray(new JsonObject { ["path"] = "/to/0", ["code"] = "invalid_email", ["message"] = "The address has no @." })
                : new JsonArray(),
            ["requestId"] = "req_4bf92f3577b34da6a3ce929d0e0e4736", ["success"] = false, ["message"] = detail,
            ["error"] = new JsonObject { ["code"] = kind.Code, ["message"] = detail },
        };
    }
}
