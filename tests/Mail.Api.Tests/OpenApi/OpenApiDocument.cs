using System.Text.Json.Nodes;
using Mail.Api.Http;
using Microsoft.AspNetCore.Routing;

namespace Mail.Api.Tests.OpenApi;

/// <summary>The OpenAPI 3.1 document, made of the routes as they are mapped.</summary>
internal sealed class OpenApiDocument
{
    private const string Description =
        """
        Transactional mail. The routes under `/v1/mail` answer in an envelope and are served under `/api/v1/mail` too; those of the Account surface answer bare JSON.
        The assets API is served under `/v1/assets` too. Every refusal is a problem (RFC 9457) whose `type` is a page that says what to do.
        """;

    private readonly OpenApiSchemas _schemas;
    private readonly OpenApiOperations _operations;
    private readonly IEnumerable<RouteEndpoint> _endpoints;

    public OpenApiDocument(IServiceProvider services, IEnumerable<RouteEndpoint> endpoints)
    {
        _schemas = new OpenApiSchemas(services);
        _operations = new OpenApiOperations(_schemas);
        _endpoints = endpoints;
    }

    public JsonObject Write()
    {
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        var seen = new HashSet<string>();
        // The same routes under another prefix have the same operations: the shorter one is described.
        foreach (var endpoint in _endpoints.OrderBy(endpoint => endpoint.RoutePattern.RawText!.Length))
        {
            if (endpoint.Metadata.GetMetadata<OperationDoc>() is not { } doc)
                continue;
            foreach (var method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Where(method => method != "HEAD"))
            {
                var path = PathOf(endpoint);
                if (seen.Add(doc.Id))
                    (paths.TryGetValue(path, out var item) ? item : paths[path] = [])[method.ToLowerInvariant()] = _operations.Of(endpoint, doc);
            }
        }
        var problem = _schemas.Of(typeof(ProblemBody));
        var examples = new OpenApiExamples(_schemas.Components);
        foreach (var operation in paths.Values.SelectMany(item => item).Select(entry => entry.Value!.AsObject()))
            examples.AddTo(operation);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Mail", ["version"] = "v1", ["description"] = Description.ReplaceLineEndings(" ").Trim(), ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" } },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["apiKey"] = new JsonArray() }),
            ["tags"] = new JsonArray([.. paths.Values.SelectMany(item => item).Select(operation => operation.Value!["tags"]![0]!.GetValue<string>())
                .Distinct().Order(StringComparer.Ordinal).Select(tag => new JsonObject { ["name"] = tag })]),
            ["paths"] = new JsonObject(paths.Select(path => KeyValuePair.Create(path.Key, (JsonNode?)path.Value))),
            ["components"] = Components(problem),
        };
    }

    private JsonObject Components(JsonNode problem) => new()
    {
        ["securitySchemes"] = new JsonObject
        {
            ["apiKey"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key, `ms_live_…` or `ms_test_…`." },
        },
        ["headers"] = OpenApiHeaders.Components(),
        ["examples"] = OpenApiErrors.Examples(),
        ["responses"] = new JsonObject(ProblemKind.All.OrderBy(kind => kind.Code, StringComparer.Ordinal)
            .Select(kind => KeyValuePair.Create(kind.Code, (JsonNode?)OpenApiErrors.Component(kind, problem.DeepClone())))),
        ["schemas"] = new JsonObject(_schemas.Components.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value.DeepClone()))),
    };

    // Constraints and catch-alls are no concern of a client.
    private static string PathOf(RouteEndpoint endpoint)
    {
        var segments = endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            _ => throw new InvalidOperationException("No such part of a route."),
        })));
        return "/" + string.Join('/', segments);
    }
}
