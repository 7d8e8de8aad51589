using System.Text.Json;
using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Batches;

internal sealed class SendBatchValidator : AbstractValidator<SendBatchRequest>
{
    public SendBatchValidator(IOptions<BatchOptions> options)
    {
        RuleFor(request => request.Messages).Custom((items, context) =>
            BatchSize.Check("/messages", items, options.Value.MaxMessages, context.AddFailure));
        RuleFor(request => request.IdempotencyKey).IdempotencyKey();
    }
}

internal sealed class EmailBatchValidator : AbstractValidator<EmailBatchRequest>
{
    public EmailBatchValidator(IOptions<BatchOptions> options)
    {
        RuleFor(request => request.Emails).Custom((items, context) =>
            BatchSize.Check("/emails", items, options.Value.MaxEmails, context.AddFailure));
        RuleFor(request => request.IdempotencyKey).IdempotencyKey();
    }
}

internal static class BatchSize
{
    public static void Check(string path, List<JsonElement>? items, int most, Action<FluentValidation.Results.ValidationFailure> fail)
    {
        if (items is not { Count: > 0 })
            fail(Failures.Of(path, FieldCodes.Required, $"{path[1..]} is required: at least one."));
        else if (items.Count > most)
            fail(Failures.Of(path, FieldCodes.TooMany, $"{path[1..]} has at most {most} entries; these are {items.Count}."));
    }
}
