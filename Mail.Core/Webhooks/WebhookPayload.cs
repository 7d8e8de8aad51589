using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mail.Core.Events;

namespace Mail.Core.Webhooks;

/// <summary>
/// The body of a delivery. It follows from what is stored and never changes, so that every attempt sends the same octets.
/// </summary>
public static class WebhookPayload
{
    // Receivers parse it as JSON; names and addresses stay readable in their logs.
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(WebhookJob job)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, job.Event.Id.ToString());
            if (job.Dialect == WebhookDialect.Mail)
                WriteMail(json, job);
            else
                WriteAccount(json, job);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMail(Utf8JsonWriter json, WebhookJob job)
    {
        var projected = EventProjection.Mail(job.Event);
        json.WriteString("type"u8, projected.Type);
        json.WriteString("createdAt"u8, projected.CreatedAt.UtcDateTime);
        json.WriteStartObject("data"u8);
        var written = new HashSet<string>(StringComparer.Ordinal);
        Write("resourceType", projected.ResourceType);
        Write("resourceId", projected.ResourceId);
        if (projected.MessageId is { } message)
            Write("messageId", message);
        if (projected.Data.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in projected.Data.EnumerateObject().Where(member => written.Add(member.Name)))
                member.WriteTo(json);
        }
        if (job.Metadata is { } metadata && written.Add("metadata"))
        {
            json.WritePropertyName("metadata"u8);
            json.WriteRawValue(metadata);
        }
        json.WriteEndObject();

        void Write(string name, string value)
        {
            written.Add(name);
            json.WriteString(name, value);
        }
    }

    private static void WriteAccount(Utf8JsonWriter json, WebhookJob job)
    {
        var projected = EventProjection.Account(job.Event);
        json.WriteString("type"u8, projected?.Type ?? "webhook.test");
        json.WriteString("createdAt"u8, job.Event.CreatedAt.UtcDateTime);
        json.WriteStartObject("data"u8);
        json.WriteString("id"u8, projected?.Data.Id ?? EventResources.IdOf(job.Event));
        json.WriteString("toEmail"u8, projected?.Data.ToEmail);
        json.WriteString("status"u8, projected?.Data.Status ?? "Test");
        json.WriteString("errorMessage"u8, projected?.Data.ErrorMessage);
        json.WriteEndObject();
    }
}
