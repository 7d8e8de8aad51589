using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Batches;
using Mail.Core.Messages;

namespace Mail.Api.Features.Batches;

/// <summary>The body of <c>POST /v1/mail/batch</c>. Items are read one by one: what is wrong with one harms no other.</summary>
[RequiredFields("messages")]
public sealed record SendBatchRequest
{
    /// <summary>Bodies as <c>POST /v1/mail/send</c> takes them.</summary>
    public List<JsonElement>? Messages { get; init; }

    /// <summary>The key of the whole request; items may have keys of their own. The header Idempotency-Key says the same.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>The body of <c>POST /v1/emails/batch</c>.</summary>
[RequiredFields("emails")]
public sealed record EmailBatchRequest
{
    /// <summary>Bodies as <c>POST /v1/emails</c> takes them.</summary>
    public List<JsonElement>? Emails { get; init; }

    public string? IdempotencyKey { get; init; }
}

/// <summary>One message for many recipients, each with variables of its own.</summary>
public abstract record RecipientsRequest : MessageRequest
{
    /// <summary>Objects of <c>to</c>, <c>data</c> or <c>variables</c>, and <c>idempotencyKey</c>.</summary>
    public List<JsonElement>? Recipients { get; init; }

    // Who brings no variables is rendered all the same, so that a placeholder never goes out as it is.
    private static readonly VariablesInput NoVariables = new(JsonDocument.Parse("{}").RootElement);

    /// <summary>The message for one of them.</summary>
    internal RecipientsRequest For(BatchRecipient recipient) => this with
    {
        To = recipient.To, Data = recipient.Data, Variables = recipient.Data is null ? recipient.Variables ?? NoVariables : recipient.Variables,
        IdempotencyKey = recipient.IdempotencyKey, Recipients = null,
    };
}

/// <summary>The body of <c>POST /v1/mail/batch-template</c>: that of <c>send-template</c>, with recipients instead of to and data.</summary>
[RequiredFields("from", "template", "recipients")]
public sealed record BatchTemplateRequest : RecipientsRequest
{
    /// <summary>Id or slug.</summary>
    public string? Template { get; init; }

    /// <summary>The version to send; absent for the active one.</summary>
    public string? VersionId { get; init; }

    internal override bool SeparatedAddresses => false;

    internal override string TemplateName => Template ?? "";

    internal override string? TemplateVersion => VersionId;
}

/// <summary>The body of <c>POST /v1/emails/bulk</c>: that of <c>/v1/emails</c>, with recipients instead of to and variables.</summary>
[RequiredFields("from", "recipients")]
public sealed record BulkEmailRequest : RecipientsRequest
{
    /// <summary>The name shown for the sender.</summary>
    public string? FromName { get; init; }

    /// <summary>A published template, by id or slug, instead of html and text.</summary>
    public string? TemplateId { get; init; }

    internal override string? SenderName => FromName;

    internal override bool SeparatedAddresses => true;

    internal override string? TemplateName => TemplateId;
}

/// <summary>One recipient of a <see cref="RecipientsRequest"/>.</summary>
public sealed record BatchRecipient
{
    public AddressInputs? To { get; init; }

    public VariablesInput? Data { get; init; }

    /// <summary>The same as data.</summary>
    public VariablesInput? Variables { get; init; }

    public string? IdempotencyKey { get; init; }
}

/// <param name="Accepted">Items that became messages.</param>
/// <param name="Rejected">Items that did not; <c>GET …/batch/{id}/items</c> says why.</param>
public sealed record SendBatchResponse(string Id, string Status, int MessageCount, int Accepted, int Rejected);

/// <param name="Counts">The messages by status.</param>
public sealed record BatchResponse(
    string Id, string Kind, string Status, int MessageCount, int Accepted, int Rejected, IReadOnlyDictionary<string, int> Counts,
    DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt)
{
    internal static BatchResponse Of(BatchDetails batch) => new(
        batch.Id.ToString(), batch.Kind.ToText(), batch.Status, batch.MessageCount, batch.Accepted, batch.Rejected, batch.Counts,
        batch.CreatedAt, batch.CompletedAt);
}

/// <param name="Index">The position in the request, from 0.</param>
/// <param name="Status">The status of the message, or <c>rejected</c>.</param>
/// <param name="IdempotencyStatus"><c>created</c> or <c>replayed</c>; null for a rejected item.</param>
public sealed record BatchItemResponse(
    int Index, string? To, string Status, string? MessageId, string? IdempotencyStatus, BatchItemError? Error)
{
    internal static BatchItemResponse Of(BatchItem item) => new(
        item.Ordinal, item.Address, item.Status?.ToText() ?? (item.Message is null ? "rejected" : "accepted"), item.Message?.ToString(),
        item.Message is null ? null : item.Replayed ? "replayed" : "created",
        item.Code is null ? null : new BatchItemError(item.Code, item.Error!, item.Errors));
}

/// <param name="Errors">The fields that are not valid, with JSON pointers into the item; null when it is not about fields.</param>
public sealed record BatchItemError(string Code, string Message, JsonElement? Errors);

/// <summary>The answer of the batch routes of the Account surface.</summary>
public sealed record EmailBatchResponse(int Accepted, int Rejected, IReadOnlyList<EmailBatchResult> Results);

/// <param name="Status">The status of the message, or <c>rejected</c>.</param>
/// <param name="Error">Why it was rejected.</param>
public sealed record EmailBatchResult(int Index, string? Id, string Status, string? Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(SendBatchRequest))]
[JsonSerializable(typeof(EmailBatchRequest))]
[JsonSerializable(typeof(BatchTemplateRequest))]
[JsonSerializable(typeof(BulkEmailRequest))]
[JsonSerializable(typeof(BatchRecipient))]
[JsonSerializable(typeof(Envelope<SendBatchResponse>))]
[JsonSerializable(typeof(Envelope<BatchResponse>))]
[JsonSerializable(typeof(ListEnvelope<BatchResponse>))]
[JsonSerializable(typeof(ListEnvelope<BatchItemResponse>))]
[JsonSerializable(typeof(EmailBatchResponse))]
internal sealed partial class BatchJson : JsonSerializerContext;
