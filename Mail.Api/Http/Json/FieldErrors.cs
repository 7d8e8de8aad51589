using FluentValidation.Results;

namespace Mail.Api.Http.Json;

internal static class FieldErrors
{
    /// <summary>More errors than this are not told at once.</summary>
    public const int Max = 100;

    /// <summary>The errors of shape, then what the validator found in fields that have none yet.</summary>
    public static IReadOnlyList<FieldError> Merge(IReadOnlyList<FieldError> shape, IEnumerable<ValidationFailure> failures)
    {
        var errors = new List<FieldError>(shape);
        foreach (var failure in failures)
        {
            if (errors.Count == Max)
                break;
            var path = JsonPointer.OfProperty(failure.PropertyName);
            if (!shape.Any(error => error.Path == path || error.Path.StartsWith(path + "/", StringComparison.Ordinal)))
                errors.Add(new FieldError(path, failure.ErrorCode, failure.ErrorMessage));
        }
        return errors;
    }
}
