using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Schedules;

internal sealed class ScheduleValidator : AbstractValidator<ScheduleRequest>
{
    public ScheduleValidator(IOptions<SendOptions> options)
    {
        RuleFor(request => request.SendAt).LaterSendAt(options.Value);
        RuleFor(request => request).Custom((request, context) =>
        {
            if (request.Message is null == request.Template is null)
                context.AddFailure(Failures.Of("/message", FieldCodes.Required, "Exactly one of message and template is required."));
        });
    }
}

internal sealed class RescheduleValidator : AbstractValidator<RescheduleRequest>
{
    public RescheduleValidator(IOptions<SendOptions> options)
    {
        RuleFor(request => request.SendAt).LaterSendAt(options.Value);
    }
}
