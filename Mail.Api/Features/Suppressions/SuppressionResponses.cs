using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Core.Suppressions;

namespace Mail.Api.Features.Suppressions;

/// <summary>An address that gets nothing.</summary>
/// <param name="MessageId">The message that made it suppressed, when one did.</param>
public sealed record SuppressionResponse(
    string Id, string Email, string Reason, string Source, IReadOnlyDictionary<string, string> Metadata, string? MessageId,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    internal static SuppressionResponse Of(Suppression suppression) => new(
        suppression.Id.ToString(), suppression.Email, suppression.Reason, suppression.Source, suppression.Metadata,
        suppression.Message?.ToString(), suppression.CreatedAt, suppression.ExpiresAt);
}

/// <param name="Existing">Suppressed before; they keep their first reason.</param>
public sealed record BulkSuppressionResponse(int Created, int Existing, int Invalid, IReadOnlyList<BulkSuppressionResult> Results);

/// <param name="Status"><c>created</c>, <c>existing</c> or <c>invalid</c>.</param>
/// <param name="Id">Of one that is new.</param>
public sealed record BulkSuppressionResult(
    int Index, string? Email, string Status, string? Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Errors = null);

public sealed record BulkDeleteResponse(int Deleted, int NotFound, IReadOnlyList<BulkDeleteResult> Results);

/// <param name="Item">The id or the address, as it was given.</param>
/// <param name="Status"><c>deleted</c> or <c>not_found</c>.</param>
public sealed record BulkDeleteResult(string Item, string Status);

/// <summary>What became of a CSV file.</summary>
/// <param name="Errors">Those of the first lines that are wrong; <paramref name="Invalid"/> counts all.</param>
public sealed record ImportResponse(int Lines, int Created, int Existing, int Invalid, IReadOnlyList<ImportError> Errors);

/// <param name="Line">From 1, the line of headings included.</param>
public sealed record ImportError(int Line, string Code, string Message);
