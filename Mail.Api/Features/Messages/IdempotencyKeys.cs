using FluentValidation;
using Mail.Api.Http;

namespace Mail.Api.Features.Messages;

/// <summary>The key of a request, from its header or its body.</summary>
internal static class IdempotencyKeys
{
    public const string BodyField = "idempotencyKey";
    public const string ReplayedHeader = "Idempotency-Replayed";
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 256;

    public static (string? Key, Problem? Problem) Read(HttpContext context, string? inBody)
    {
        var header = context.Request.Headers[Header];
        if (header.Count == 0)
            return (inBody, null);
        if (header is not [{ Length: > 0 and <= MaxLength } key])
            return (null, new Problem(ProblemKind.ValidationError, $"The header {Header} must occur once and have 1 to {MaxLength} characters."));
        if (inBody is null || inBody == key)
            return (key, null);
        return (null, Problem.Validation("/" + BodyField, FieldCodes.InvalidValue,
            $"{BodyField} and the header {Header} differ: send one of them, or the same."));
    }

    /// <summary>The check of a key within a body.</summary>
    public static void IdempotencyKey<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(key => key is not { } given || (given.Length is > 0 and <= MaxLength && !LineText.HasControl(given)))
        .WithErrorCode(FieldCodes.InvalidValue)
        .WithMessage($"idempotencyKey has 1 to {MaxLength} characters and no control characters.");
}
