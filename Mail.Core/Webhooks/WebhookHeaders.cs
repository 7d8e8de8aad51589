using System.Text.Json;

namespace Mail.Core.Webhooks;

/// <summary>The header fields of an answer, as stored.</summary>
internal static class WebhookHeaders
{
    public static string? Write(IReadOnlyDictionary<string, string>? headers) =>
        headers is null ? null : JsonSerializer.Serialize(headers, WebhookStoredJson.Default.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string>? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, WebhookStoredJson.Default.IReadOnlyDictionaryStringString);
}
