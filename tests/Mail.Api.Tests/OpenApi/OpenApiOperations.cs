using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Mail.Api.Tests.OpenApi;

/// <summary>One operation: parameters, body, answers, scope.</summary>
internal sealed class OpenApiOperations(OpenApiSchemas schemas)
{
    // What is neither read nor answered as JSON.
    private static readonly Dictionary<string, (string ContentType, string Schema)> _bodies = new()
    {
        ["assets.upload"] = ("multipart/form-data",
            """{"type":"object","required":["file"],"properties":{"file":{"type":"string","contentMediaType":"application/octet-stream"},"bucket":{"type":"string"},"key":{"type":"string"},"visibility":{"type":"string","enum":["public","private"]},"cacheControl":{"type":"string"},"metadata":{"type":"string","contentMediaType":"application/json"}}}"""),
        ["assets.put"] = ("application/octet-stream", "{}"),
        ["assets.uploadChunk"] = ("application/octet-stream", "{}"),
        ["mail.suppressions.import"] = ("text/csv", """{"type":"string"}"""),
        ["suppressions.import"] = ("text/csv", """{"type":"string"}"""),
    };

    private static readonly Dictionary<string, string> _files = new()
    {
        ["devInbox.raw"] = "message/rfc822", ["devInbox.part"] = "application/octet-stream", ["assets.content"] = "application/octet-stream", ["assets.file"] = "application/octet-stream",
        ["mail.inbound.messages.raw"] = "message/rfc822", ["mail.inbound.messages.attachment"] = "application/octet-stream",
        ["mail.inbound.messages.file"] = "application/octet-stream",
        ["mail.suppressions.export"] = "text/csv", ["suppressions.export"] = "text/csv",
    };

    // Query parameters arrive as text; what they must look like goes by their name.
    private static readonly Dictionary<string, string> _queryTypes = new()
    {
        ["limit"] = """{"type":"integer","minimum":1}""",
        ["test"] = """{"type":"boolean"}""",
        ["redirect"] = """{"type":"boolean"}""",
        ["createdFrom"] = """{"type":"string","format":"date-time"}""",
        ["createdTo"] = """{"type":"string","format":"date-time"}""",
        ["wait"] = """{"type":"string","examples":["10s"]}""",
        ["search"] = """{"type":"string","maxLength":200}""",
        ["include"] = """{"type":"string","enum":["content"]}""",
    };

    private static readonly Dictionary<string, string> _queryTexts = new()
    {
        ["limit"] = "The most rows to answer.",
        ["cursor"] = "The `nextCursor` of the page before.",
        ["createdFrom"] = "Not before then.",
        ["createdTo"] = "Before then.",
        ["redirect"] = "Answers 302 to a signed address instead of the bytes.",
        ["include"] = "Adds bodies and extra header fields.",
        ["search"] = "Words that all occur in subject, addresses or text, whatever their case.",
        ["wait"] = "How long to wait for the first match.",
        ["test"] = "Only mail of test keys, or only that of live keys.",
    };

    public JsonObject Of(RouteEndpoint endpoint, OperationDoc doc)
    {
        var handler = endpoint.Metadata.GetRequiredMetadata<MethodInfo>();
        var body = handler.GetParameters().Select(parameter => parameter.ParameterType)
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Body<>))?.GetGenericArguments()[0];
        var query = QueryOf(endpoint, handler);
        var isIdempotent = body?.GetProperty("IdempotencyKey") is not null;
        var surface = endpoint.Metadata.GetMetadata<Surfaces.SurfaceMetadata>()?.Surface;
        var operation = new JsonObject
        {
            ["operationId"] = doc.Id,
            ["tags"] = new JsonArray(doc.Id.Contains('.', StringComparison.Ordinal) ? doc.Id[..doc.Id.LastIndexOf('.')] : doc.Id),
            ["summary"] = doc.Summary,
            ["parameters"] = Parameters(endpoint, query, isIdempotent),
        };
        if (endpoint.Metadata.GetMetadata<RequiredScope>() is { Scope: var scope })
            operation["x-required-scope"] = scope;
        else
            operation["security"] = new JsonArray();
        if (RequestBody(doc, body) is { } request)
            operation["requestBody"] = request;
        var responses = Successes(endpoint, doc, isIdempotent, surface, query.Count);
        var errors = OpenApiErrors.Responses(OpenApiErrors.Of(endpoint, doc, operation.ContainsKey("requestBody"), query.Count > 0), surface, schemas);
        foreach (var (status, response) in errors.ToList())
        {
            errors.Remove(status);
            responses[status] = response;
        }
        operation["responses"] = responses;
        return operation;
    }

    private static List<string> QueryOf(RouteEndpoint endpoint, MethodInfo handler) =>
    [
        .. handler.GetParameters().Where(parameter => parameter.ParameterType == typeof(string)).Select(parameter => parameter.Name!)
            .Where(name => endpoint.RoutePattern.GetParameter(name) is null),
    ];

    private static JsonArray Parameters(RouteEndpoint endpoint, List<string> query, bool isIdempotent)
    {
        var parameters = new JsonArray();
        foreach (var parameter in endpoint.RoutePattern.Parameters)
            parameters.Add(Parameter(parameter.Name, "path", isRequired: true, """{"type":"string"}""", null));
        foreach (var name in query)
            parameters.Add(Parameter(name, "query", isRequired: false, _queryTypes.GetValueOrDefault(name, """{"type":"string"}"""), _queryTexts.GetValueOrDefault(name)));
        if (isIdempotent)
            parameters.Add(Parameter("Idempotency-Key", "header", isRequired: false, """{"type":"string","minLength":1,"maxLength":256}""",
                "Repeating the request with the same key within 24 hours does nothing twice."));
        return parameters;
    }

    private static JsonObject Parameter(string name, string place, bool isRequired, string schema, string? text)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = isRequired, ["schema"] = JsonNode.Parse(schema) };
        if (text is not null)
            parameter["description"] = text;
        return parameter;
    }

    private JsonObject? RequestBody(OperationDoc doc, Type? type)
    {
        if (type is not null)
            return new JsonObject { ["required"] = !type.IsAssignableTo(typeof(IMayBeAbsent)), ["content"] = Content("application/json", schemas.Of(type)) };
        return _bodies.TryGetValue(doc.Id, out var body)
            ? new JsonObject { ["required"] = true, ["content"] = Content(body.ContentType, JsonNode.Parse(body.Schema)!) }
            : null;
    }

    private JsonObject Successes(RouteEndpoint endpoint, OperationDoc doc, bool isIdempotent, Surface? surface, int filters)
    {
        List<string> headers = ["X-Request-Id"];
        if (endpoint.Metadata.GetMetadata<RequiredScope>() is not null)
            headers.AddRange(OpenApiHeaders.Limited);
        if (isIdempotent)
            headers.Add("Idempotency-Replayed");
        var responses = new JsonObject();
        var produced = endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Where(response => response.StatusCode < 400).ToList();
        foreach (var response in produced.DistinctBy(response => response.StatusCode))
        {
            var isPage = surface == Surface.Account && filters > 0 && response.Type?.IsGenericType == true;
            var answer = new JsonObject
            {
                ["description"] = Title(response.StatusCode),
                ["headers"] = OpenApiHeaders.Of(headers.Concat(isPage ? ["Link"] : response.StatusCode is 201 or 202 ? ["Location"] : [])),
            };
            if (response.Type is { } type && type != typeof(void))
                answer["content"] = Content("application/json", schemas.Of(type));
            responses[response.StatusCode.ToString(CultureInfo.InvariantCulture)] = answer;
        }
        if (produced.Count == 0)
            responses["200"] = new JsonObject
            {
                ["description"] = "OK",
                ["headers"] = OpenApiHeaders.Of(headers),
                ["content"] = Content(_files[doc.Id], new JsonObject()),
            };
        return responses;
    }

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static string Title(int status) => status switch
    {
        200 => "OK",
        201 => "Created",
        202 => "Accepted: committed to disk",
        204 => "Done; no content",
        _ => status.ToString(CultureInfo.InvariantCulture),
    };
}
