using Mail.Api.Http;
namespace Mail.Api.Features.Webhooks;

/// <summary>The body of <c>POST /v1/mail/webhooks</c>.</summary>
[RequiredFields("url", "eventTypes")]
public sealed record CreateWebhookRequest
{
    /// <summary>Where events are posted to, by https.</summary>
    public string? Url { get; init; }

    public string? Description { get; init; }

    /// <summary>Types of events, or <c>*</c> for all.</summary>
    public List<string?>? EventTypes { get; init; }
}

/// <summary>The body of <c>PATCH /v1/mail/webhooks/{id}</c>; what is absent stays as it is.</summary>
public sealed record UpdateWebhookRequest
{
    public string? Url { get; init; }

    /// <summary>Empty clears it.</summary>
    public string? Description { get; init; }

    public List<string?>? EventTypes { get; init; }

    /// <summary><c>active</c> or <c>disabled</c>.</summary>
    public string? Status { get; init; }
}

/// <summary>The body of <c>POST /v1/webhooks</c> and of <c>PUT /v1/webhooks/{id}</c>, in either of its two forms.</summary>
[RequiredFields("url")]
public sealed record AccountWebhookRequest
{
    public string? Url { get; init; }

    public string? Description { get; init; }

    /// <summary>Such as <c>["email.bounced"]</c>; this or eventTypes.</summary>
    public List<string?>? Events { get; init; }

    /// <summary>Such as <c>Bounce,Complaint</c>, or <c>*</c>; this or events.</summary>
    public EventTypesInput? EventTypes { get; init; }

    /// <summary>False: nothing is delivered. True unless it says otherwise.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/webhooks/{id}/replay</c>.</summary>
[RequiredFields("since")]
public sealed record ReplayWebhookRequest
{
    /// <summary>Everything that failed for good of what was made since then.</summary>
    public DateTimeOffset? Since { get; init; }
}
