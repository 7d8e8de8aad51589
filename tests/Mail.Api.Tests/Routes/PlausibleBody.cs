using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Mail.Api.Tests.Routes;

/// <summary>
/// A body that a route may well take, made of the names of its fields; and every place in it where a text can stand.
/// </summary>
internal sealed class PlausibleBody(string domain)
{
    // Block documents may contain blocks.
    private const int MaxDepth = 5;
    private int _made;

    /// <summary>Only fields whose names tell what belongs there.</summary>
    public JsonObject Make(JsonTypeInfo type, string route)
    {
        var body = new JsonObject();
        foreach (var property in type.Properties)
        {
            if (Value(property.Name, route) is { } value && Fits(property, type, value))
                body[property.Name] = value;
        }
        return body;
    }

    /// <summary>Paths to everything below the type that is written as a text; <c>*</c> stands for the name of a member of a map.</summary>
    public static IEnumerable<string[]> Texts(JsonTypeInfo type, int depth = 0) => depth > MaxDepth
        ? []
        : type.Kind switch
        {
            JsonTypeInfoKind.Object => type.Properties.SelectMany(
                property => Texts(type.Options.GetTypeInfo(property.PropertyType), depth + 1), (property, path) => (string[])[property.Name, .. path]),
            JsonTypeInfoKind.Enumerable => Texts(type.Options.GetTypeInfo(type.ElementType!), depth + 1).Select(path => (string[])["0", .. path]),
            JsonTypeInfoKind.Dictionary => Texts(type.Options.GetTypeInfo(type.ElementType!), depth + 1)
                .Select(path => (string[])["k", .. path]).Append(["*"]),
            // What is not an object, array or map is a scalar or has a converter of its own; both may be given a text.
            _ => [[]],
        };

    /// <summary>The body with the text at the path; <paramref name="text"/> is written as it stands, escapes included.</summary>
    public static string With(JsonObject body, string[] path, string text)
    {
        const string mark = "@@mark@@";
        var changed = (JsonObject)body.DeepClone();
        changed[path[0]] = Nest(path.AsSpan(1), mark);
        return changed.ToJsonString().Replace(mark, text, StringComparison.Ordinal);
    }

    private static JsonNode Nest(ReadOnlySpan<string> path, string text)
    {
        if (path.IsEmpty)
            return JsonValue.Create(text);
        if (path[0] == "0")
            return new JsonArray(Nest(path[1..], text));
        return path[0] == "*" ? new JsonObject { [text] = "v" } : new JsonObject { [path[0]] = Nest(path[1..], text) };
    }

    private static bool Fits(JsonPropertyInfo property, JsonTypeInfo type, JsonNode value)
    {
        try
        {
            value.Deserialize(type.Options.GetTypeInfo(property.PropertyType));
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private JsonNode? Value(string name, string route) => name switch
    {
        "from" => $"hello@{domain}",
        "to" or "email" => $"ada{++_made}@recipient.test",
        "subject" or "text" or "description" or "reason" => "Hello",
        "html" => "<p>Hello</p>",
        "name" or "domain" when route.Contains("domains", StringComparison.Ordinal) => $"d{++_made}.{domain}",
        "name" => $"Name {++_made}",
        "slug" => $"slug-{++_made}",
        "domain" => domain,
        "scopes" => new JsonArray("emails:read"),
        "url" => "https://receiver.example/hook",
        "eventTypes" => route.StartsWith("/v1/mail", StringComparison.Ordinal) ? new JsonArray("mail.message.sent") : "Bounce",
        "purpose" => "login",
        "sendAt" => TimeProvider.System.GetUtcNow().AddDays(1).ToString("O"),
        "messages" or "emails" => new JsonArray(Message()),
        "message" => Message(),
        "emailsAddresses" or "addresses" => new JsonArray($"ada{++_made}@recipient.test"),
        "monthlySpendCapCents" => 5000,
        _ => null,
    };

    private JsonObject Message() => new() { ["from"] = $"hello@{domain}", ["to"] = "ada@recipient.test", ["subject"] = "Hello", ["text"] = "Hi." };
}
