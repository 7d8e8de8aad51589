using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Schedules;

namespace Mail.Api.Features.Schedules;

/// <summary>The body of <c>POST /v1/mail/scheduled</c>: a time, and one of message and template.</summary>
[RequiredFields("sendAt")]
public sealed record ScheduleRequest
{
    /// <summary>When to send, RFC 3339 with its offset.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>A body as <c>POST /v1/mail/send</c> takes it, without sendAt.</summary>
    public JsonElement? Message { get; init; }

    /// <summary>A body as <c>POST /v1/mail/send-template</c> takes it, without sendAt.</summary>
    public JsonElement? Template { get; init; }
}

/// <summary>The body of <c>PATCH /v1/mail/scheduled/{id}</c>.</summary>
[RequiredFields("sendAt")]
public sealed record RescheduleRequest
{
    public DateTimeOffset? SendAt { get; init; }
}

/// <param name="Status">scheduled, released, canceled or failed.</param>
/// <param name="SettledAt">When it was released, failed or found canceled.</param>
/// <param name="Error">Why it failed.</param>
public sealed record ScheduledMessageResponse(
    string Id, string MessageId, string Status, DateTimeOffset SendAt, string From, string Subject, DateTimeOffset CreatedAt,
    DateTimeOffset? SettledAt, ScheduleError? Error)
{
    internal static ScheduledMessageResponse Of(ScheduledMessage message) => new(
        message.Id.ToString(), message.Message.ToString(), message.Status, message.SendAt, message.From, message.Subject, message.CreatedAt,
        message.SettledAt, message.Code is null ? null : new ScheduleError(message.Code, message.Error ?? ""));
}

public sealed record ScheduleError(string Code, string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(ScheduleRequest))]
[JsonSerializable(typeof(RescheduleRequest))]
[JsonSerializable(typeof(Envelope<ScheduledMessageResponse>))]
[JsonSerializable(typeof(ListEnvelope<ScheduledMessageResponse>))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
