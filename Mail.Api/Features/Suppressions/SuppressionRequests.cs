using Mail.Api.Http;

namespace Mail.Api.Features.Suppressions;

/// <summary>The body of <c>POST /v1/mail/suppressions</c>, and an item of <c>/bulk</c>.</summary>
[RequiredFields("email")]
public sealed record SuppressionRequest
{
    public string? Email { get; init; }

    /// <summary><c>manual</c> when absent.</summary>
    public string? Reason { get; init; }

    /// <summary>Kept with it and read back.</summary>
    public Dictionary<string, string?>? Metadata { get; init; }

    /// <summary>When mail is sent there again; never when absent.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/suppressions/bulk</c>.</summary>
[RequiredFields("suppressions")]
public sealed record BulkSuppressionRequest
{
    /// <summary>Up to 1,000; each stands alone.</summary>
    public List<SuppressionRequest?>? Suppressions { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/suppressions/bulk-delete</c>: up to 1,000 ids and addresses together.</summary>
public sealed record BulkDeleteRequest
{
    public List<string?>? Ids { get; init; }

    public List<string?>? Emails { get; init; }
}
