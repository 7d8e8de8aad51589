using FluentValidation;
using Mail.Api.Http;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

internal sealed class ResendValidator : AbstractValidator<ResendRequest>
{
    public ResendValidator(IOptions<SendOptions> options)
    {
        RuleFor(request => request.To).Custom((to, context) => CheckTo(to, options.Value, context));
        RuleFor(request => request.IdempotencyKey).IdempotencyKey();
    }

    private static void CheckTo(AddressInputs? to, SendOptions options, ValidationContext<ResendRequest> context)
    {
        if (to is null)
            return;
        var reading = to.Read(separated: false);
        foreach (var error in reading.Errors)
            context.AddFailure(Failures.Of("/to" + error.Path, error.Code, error.Message));
        if (reading.Count == 0)
            context.AddFailure(Failures.Of("/to", FieldCodes.Required, "Name at least one recipient, or leave to out."));
        if (reading.Count > options.MaxRecipients)
            context.AddFailure(Failures.Of("/to", FieldCodes.TooMany, $"A message has at most {options.MaxRecipients} recipients; these are {reading.Count}."));
    }
}
