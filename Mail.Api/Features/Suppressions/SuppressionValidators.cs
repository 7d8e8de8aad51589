using FluentValidation;
using FluentValidation.Results;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Suppressions;
using Mail.Protocol.Addresses;

namespace Mail.Api.Features.Suppressions;

internal sealed class SuppressionValidator : AbstractValidator<SuppressionRequest>
{
    public SuppressionValidator(TimeProvider clock) => RuleFor(request => request).Custom((request, context) =>
        SuppressionRules.Check(request, clock.GetUtcNow(), context.AddFailure));
}

/// <summary>How many; what is wrong with one of them is told in its own result.</summary>
internal sealed class BulkSuppressionValidator : AbstractValidator<BulkSuppressionRequest>
{
    public BulkSuppressionValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        if (request.Suppressions is null or { Count: 0 })
            context.AddFailure(Failures.Of("/suppressions", FieldCodes.Required, "suppressions needs at least one item."));
        else if (request.Suppressions.Count > SuppressionRules.MaxBulk)
            context.AddFailure(Failures.Of("/suppressions", FieldCodes.TooMany, $"suppressions has at most {SuppressionRules.MaxBulk} items."));
    });
}

internal sealed class BulkDeleteValidator : AbstractValidator<BulkDeleteRequest>
{
    public BulkDeleteValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        var count = (request.Ids?.Count ?? 0) + (request.Emails?.Count ?? 0);
        if (count == 0)
            context.AddFailure(Failures.Of("/emails", FieldCodes.Required, "emails or ids needs at least one item."));
        if (count > SuppressionRules.MaxBulk)
        {
            var path = request.Ids?.Count > SuppressionRules.MaxBulk ? "/ids" : "/emails";
            context.AddFailure(Failures.Of(path, FieldCodes.TooMany, $"ids and emails have together at most {SuppressionRules.MaxBulk} items."));
            return;
        }
        for (var index = 0; index < (request.Ids?.Count ?? 0); index++)
        {
            if (request.Ids![index] is null)
                context.AddFailure(Failures.Of($"/ids/{index}", FieldCodes.InvalidType, "An id must be a string."));
        }
        for (var index = 0; index < (request.Emails?.Count ?? 0); index++)
        {
            if (!EmailAddress.TryParse(request.Emails![index], out _))
                context.AddFailure(Failures.Of($"/emails/{index}", FieldCodes.InvalidEmail, "This is not an e-mail address."));
        }
    });
}

internal static class SuppressionRules
{
    public const int MaxBulk = 1000;
    private const int MaxMetadata = 50;

    public static void Check(SuppressionRequest request, DateTimeOffset now, Action<ValidationFailure> fail)
    {
        if (request.Email is null)
            fail(Failures.Of("/email", FieldCodes.Required, "email is required."));
        else if (!EmailAddress.TryParse(request.Email, out _))
            fail(Failures.Of("/email", FieldCodes.InvalidEmail, "email must be an e-mail address."));
        if (request.Reason is { } reason && !SuppressionTexts.TryParseReason(reason, out _))
            fail(Failures.Of("/reason", FieldCodes.InvalidValue, $"reason must be one of {string.Join(", ", SuppressionTexts.Reasons)}."));
        if (request.Metadata is { } metadata)
            LabelRules.CheckMap("/metadata", metadata, MaxMetadata, LabelRules.MaxMetadata, fail);
        if (request.ExpiresAt <= now)
            fail(Failures.Of("/expiresAt", FieldCodes.OutOfRange, "expiresAt must be in the future."));
    }

    /// <summary>What a request says that <see cref="Check"/> found nothing wrong with.</summary>
    public static SuppressionInput Read(SuppressionRequest request) => new(
        EmailAddress.Parse(request.Email!),
        SuppressionTexts.TryParseReason(request.Reason, out var reason) ? reason : SuppressionReason.Manual,
        request.Metadata?.ToDictionary(entry => entry.Key, entry => entry.Value!), request.ExpiresAt);
}
