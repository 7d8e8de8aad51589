using System.Text.Json.Nodes;

namespace Mail.Api.Tests.OpenApi;

/// <summary>Makes an example of a schema; names tell what a good one is. That they fit their schemas is checked by an independent validator.</summary>
internal sealed class OpenApiExamples(IReadOnlyDictionary<string, JsonNode> components)
{
    private const int MaxDepth = 16;

    private static readonly Dictionary<string, string> _texts = new()
    {
        ["email"] = "ada@example.net", ["to"] = "ada@example.net", ["toEmail"] = "ada@example.net", ["from"] = "hello@example.com", ["fromEmail"] = "hello@example.com",
        ["recipient"] = "ada@example.net", ["address"] = "ada@example.net", ["subject"] = "Your receipt", ["html"] = "<p>Thank you.</p>", ["htmlBody"] = "<p>Thank you.</p>",
        ["text"] = "Thank you.", ["textBody"] = "Thank you.", ["name"] = "Ada", ["fromName"] = "Acme", ["domain"] = "example.com", ["url"] = "https://example.com/hooks",
        ["status"] = "queued", ["message"] = "OK", ["idempotencyStatus"] = "created", ["mode"] = "live", ["kind"] = "to", ["mxHost"] = "mx.example.net", ["mxIp"] = "192.0.2.1",
        ["tlsVersion"] = "Tls13", ["outcome"] = "delivered", ["stage"] = "end_of_data", ["cause"] = "accepted", ["reply"] = "2.0.0 Ok: queued", ["enhancedCode"] = "2.0.0",
        ["type"] = "mail.message.sent", ["resourceType"] = "message", ["source"] = "api", ["slug"] = "welcome", ["filename"] = "receipt.pdf", ["contentType"] = "application/pdf",
        ["content"] = "aGVsbG8=", ["purpose"] = "login", ["code"] = "123456", ["speaker"] = "server", ["label"] = "Sent", ["template"] = "welcome", ["idempotencyKey"] = "receipt-12345",
    };

    private static readonly Dictionary<string, string> _ids = new()
    {
        ["messageId"] = "msg", ["templateId"] = "tpl", ["batchId"] = "bat", ["eventId"] = "evt", ["challengeId"] = "otp", ["resourceId"] = "msg", ["webhookId"] = "wh",
        ["versionId"] = "tpv", ["assetId"] = "ast", ["uploadId"] = "upl", ["id"] = "msg",
    };

    // Ids that are not of messages.
    private static readonly Dictionary<string, string> _components = new()
    {
        ["MailEvent"] = "evt", ["Attempt"] = "att", ["AccountMessageEvent"] = "evt", ["Batch"] = "bat", ["Template"] = "tpl", ["AccountTemplate"] = "tpl",
        ["Webhook"] = "wh", ["AccountWebhook"] = "wh", ["WebhookDelivery"] = "whd", ["ApiKey"] = "key", ["Asset"] = "ast", ["Domain"] = "dom",
    };

    // The requests that most readers look for, as one would write them.
    private static readonly Dictionary<string, string> _requests = new()
    {
        ["mail.send"] = """{"from":{"email":"hello@example.com","name":"Acme"},"to":[{"email":"ada@example.net","name":"Ada"}],"subject":"Your receipt","html":"<p>Thank you.</p>","text":"Thank you.","tags":{"kind":"receipt"},"idempotencyKey":"receipt-12345"}""",
        ["emails.send"] = """{"from":"hello@example.com","fromName":"Acme","to":"ada@example.net","subject":"Your receipt","html":"<p>Thank you.</p>","text":"Thank you.","tags":"receipt"}""",
        ["mail.sendTemplate"] = """{"template":"welcome","from":"hello@example.com","to":"ada@example.net","data":{"firstName":"Ada"},"idempotencyKey":"welcome-7"}""",
        ["mail.otp.send"] = """{"to":"ada@example.net","from":"login@example.com","purpose":"login","expiresIn":"10m","codeLength":6,"brandName":"Acme"}""",
        ["mail.messages.resend"] = """{"to":["grace@example.net"]}""",
    };

    /// <summary>Gives examples to the body and the answers of an operation.</summary>
    public void AddTo(JsonObject operation)
    {
        if (operation["requestBody"]?["content"]?["application/json"] is JsonObject request)
            request["example"] = _requests.TryGetValue(operation["operationId"]!.GetValue<string>(), out var text)
                ? JsonNode.Parse(text) : Of(request["schema"]!, "", 0);
        foreach (var (status, response) in operation["responses"]!.AsObject().Where(response => response.Key[0] == '2'))
        {
            if (response?["content"]?["application/json"] is not JsonObject answer)
                continue;
            var example = Of(answer["schema"]!, "", 0);
            if (example is JsonObject body && body.ContainsKey("status_code"))
                body["status_code"] = int.Parse(status, System.Globalization.CultureInfo.InvariantCulture);
            answer["example"] = example;
        }
    }

    private JsonNode? Of(JsonNode schema, string name, int depth)
    {
        if (schema["$ref"]?.GetValue<string>().Split('/')[^1] is { } component)
            return Of(components[component], component, depth + 1);
        if (name == "nextCursor")
            return null;
        if (schema["examples"] is JsonArray { Count: > 0 } given)
            return given[0]!.DeepClone();
        if (schema["enum"] is JsonArray { Count: > 0 } words)
            return words[0]?.DeepClone();
        if (schema["anyOf"] is JsonArray choices)
            return Of(choices[0]!, name, depth);
        return TypeOf(schema) switch
        {
            "object" => Object(schema, name, depth),
            "array" => depth < MaxDepth && schema["items"] is { } items ? new JsonArray(Of(items, name, depth + 1)) : new JsonArray(),
            "integer" or "number" => Number(name),
            "boolean" => JsonValue.Create(name == "success"),
            "string" => JsonValue.Create(Text(schema, name)),
            _ => new JsonObject(),
        };
    }

    private JsonObject Object(JsonNode schema, string component, int depth)
    {
        var example = new JsonObject();
        if (depth >= MaxDepth || schema["properties"] is not JsonObject properties)
            return example;
        var required = (schema["required"] as JsonArray)?.Select(name => name!.GetValue<string>()).ToHashSet() ?? [];
        foreach (var (name, property) in properties)
        {
            // Of what may be left out, what a reader would want to see.
            if (required.Count == 0 || required.Contains(name) || _texts.ContainsKey(name))
                example[name] = Member(name, component, properties) ?? Of(property!, name, depth + 1);
        }
        return example;
    }

    // What only the object around it tells.
    private static JsonValue? Member(string name, string component, JsonObject properties) => name switch
    {
        "status" when properties.ContainsKey("status_code") => JsonValue.Create("success"),
        "id" when _components.TryGetValue(component, out var prefix) => JsonValue.Create(prefix + "_01jv0h3g8ge3v9w6q2m4t5r7yz"),
        _ => null,
    };

    private static JsonValue Number(string name) => JsonValue.Create(name switch
    {
        "status_code" => 200,
        "smtpCode" => 250,
        "status" => 3,
        _ => 1,
    });

    private static string Text(JsonNode schema, string name) => schema["format"]?.GetValue<string>() switch
    {
        "date-time" => "2026-05-12T09:00:00Z",
        "email" => "ada@example.net",
        "uri" => "https://example.com",
        _ when _ids.TryGetValue(name, out var prefix) => prefix + "_01jv0h3g8ge3v9w6q2m4t5r7yz",
        _ => _texts.GetValueOrDefault(name, "text"),
    };

    private static string? TypeOf(JsonNode schema) => schema["type"] switch
    {
        JsonArray types => types[0]!.GetValue<string>() == "null" ? types[1]!.GetValue<string>() : types[0]!.GetValue<string>(),
        { } type => type.GetValue<string>(),
        null => null,
    };
}
