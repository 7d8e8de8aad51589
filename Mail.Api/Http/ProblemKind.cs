namespace Mail.Api.Http;

/// <summary>A kind of refusal: what clients tell apart. Each has its page, <c>docs/errors/&lt;code&gt;.md</c>.</summary>
internal sealed record ProblemKind(int Status, string Code, string Title)
{
    public static readonly ProblemKind InvalidRequest = new(400, "invalid_request", "The HTTP request is malformed");
    public static readonly ProblemKind InvalidJson = new(400, "invalid_json", "The body is not valid JSON");
    public static readonly ProblemKind ValidationError = new(400, "validation_error", "Some fields are not valid");
    public static readonly ProblemKind Unauthorized = new(401, "unauthorized", "A valid API key is needed");
    public static readonly ProblemKind PaymentRequired = new(402, "payment_required", "The free allowance is used up");
    public static readonly ProblemKind SpendCapReached = new(402, "spend_cap_reached", "The spend cap is reached");
    public static readonly ProblemKind Forbidden = new(403, "forbidden", "The API key does not allow this");
    public static readonly ProblemKind OrganizationSuspended = new(403, "organization_suspended", "The organization is suspended");
    public static readonly ProblemKind NotFound = new(404, "not_found", "There is no such thing");
    public static readonly ProblemKind MethodNotAllowed = new(405, "method_not_allowed", "The method is not allowed here");
    public static readonly ProblemKind RequestTimeout = new(408, "request_timeout", "The request came too slowly");
    public static readonly ProblemKind Conflict = new(409, "conflict", "It conflicts with what is there");
    public static readonly ProblemKind NotConfigured = new(409, "not_configured", "This installation lacks what it takes");
    public static readonly ProblemKind IdempotencyInProgress = new(409, "idempotency_in_progress", "The first request with this idempotency key is still running");
    public static readonly ProblemKind IdempotencyConflict = new(409, "idempotency_conflict", "The idempotency key was used with another body");
    public static readonly ProblemKind PreconditionFailed = new(412, "precondition_failed", "It has changed since it was read");
    public static readonly ProblemKind PayloadTooLarge = new(413, "payload_too_large", "The request is too large");
    public static readonly ProblemKind UnsupportedMediaType = new(415, "unsupported_media_type", "The body must be JSON");
    public static readonly ProblemKind DomainNotVerified = new(422, "domain_not_verified", "The sender's domain is not verified");
    public static readonly ProblemKind RecipientSuppressed = new(422, "recipient_suppressed", "A recipient is on the suppression list");
    public static readonly ProblemKind MissingVariables = new(422, "missing_variables", "The template needs variables that were not given");
    public static readonly ProblemKind TemplateError = new(422, "template_error", "The template cannot be rendered");
    public static readonly ProblemKind QueryTooSlow = new(422, "query_too_slow", "The list takes too long to be found");
    public static readonly ProblemKind RateLimited = new(429, "rate_limited", "Too many requests");
    public static readonly ProblemKind QuotaExceeded = new(429, "quota_exceeded", "The sending limit is used up");
    public static readonly ProblemKind SendingPaused = new(429, "sending_paused", "Sending is paused");
    public static readonly ProblemKind InternalError = new(500, "internal_error", "Something failed on our side");
    public static readonly ProblemKind Unavailable = new(503, "unavailable", "The service cannot do this right now");

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        InvalidRequest, InvalidJson, ValidationError, Unauthorized, PaymentRequired, SpendCapReached, Forbidden, OrganizationSuspended, NotFound,
        MethodNotAllowed, RequestTimeout, Conflict, NotConfigured, IdempotencyInProgress, IdempotencyConflict, PreconditionFailed,
        PayloadTooLarge, UnsupportedMediaType, DomainNotVerified, RecipientSuppressed, MissingVariables, TemplateError,
        QueryTooSlow, RateLimited, QuotaExceeded, SendingPaused, InternalError, Unavailable,
    ];

    /// <summary>The kind that stands for a bare status code.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        401 => Unauthorized,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => RequestTimeout,
        413 => PayloadTooLarge,
        415 => UnsupportedMediaType,
        503 => Unavailable,
        >= 500 => InternalError,
        _ => InvalidRequest with { Status = status },
    };
}
