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

/// <summary>The fields that all messages share are checked once, with a stand-in for what each recipient brings.</summary>
internal abstract class RecipientsValidator<T> : AbstractValidator<T> where T : RecipientsRequest
{
    private static readonly BatchRecipient StandIn = new() { To = AddressInputs.Of("recipient@example.com") };

    protected RecipientsValidator(IOptions<BatchOptions> options, RecipientItemValidator<T> item) =>
        RuleFor(request => request).Custom((request, context) =>
        {
            BatchSize.Check("/recipients", request.Recipients, options.Value.MaxMessages, context.AddFailure);
            if (request.To is not null)
                context.AddFailure(Failures.Of("/to", FieldCodes.InvalidValue, "to stands with each of the recipients."));
            if (request.Variables is not null || request.Data is not null)
                context.AddFailure(Failures.Of("/data", FieldCodes.InvalidValue, "data and variables stand with each of the recipients."));
            foreach (var failure in item.Validate((T)request.For(StandIn)).Errors)
                context.AddFailure(failure);
        });
}

internal sealed class BatchTemplateValidator : RecipientsValidator<BatchTemplateRequest>
{
    public BatchTemplateValidator(IOptions<BatchOptions> options, RecipientItemValidator<BatchTemplateRequest> item) : base(options, item)
    {
        RuleFor(request => request.Template).NotEmpty().WithErrorCode(FieldCodes.Required).WithMessage("template is required: an id or a slug.");
        RuleFor(request => request.IdempotencyKey).IdempotencyKey();
    }
}

internal sealed class BulkEmailValidator : RecipientsValidator<BulkEmailRequest>
{
    public BulkEmailValidator(IOptions<BatchOptions> options, RecipientItemValidator<BulkEmailRequest> item) : base(options, item)
    {
        RuleFor(request => request.FromName).Custom((name, context) => DisplayNames.CheckFromName(name, context.AddFailure));
        RuleFor(request => request.IdempotencyKey).IdempotencyKey();
    }
}

/// <summary>The checks of the message that one recipient gets.</summary>
internal sealed class RecipientItemValidator<T>(IOptions<SendOptions> options) : MessageRequestValidator<T>(options) where T : RecipientsRequest;

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
