using FluentValidation;
using FluentValidation.Results;
using Mail.Api.Http;
using Mail.Core.Tls;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

/// <summary>The field checks that both surfaces share.</summary>
internal abstract class MessageRequestValidator<T> : AbstractValidator<T> where T : MessageRequest
{
    private static readonly TimeSpan MinExpiresIn = TimeSpan.FromSeconds(30);

    private readonly SendOptions _options;

    protected MessageRequestValidator(IOptions<SendOptions> options)
    {
        _options = options.Value;
        RuleFor(request => request).Custom((request, context) =>
        {
            AddressRules.Check(request, _options, context.AddFailure);
            HeaderRules.Check(request.Headers, _options, context.AddFailure);
            HeaderRules.CheckUnsubscribe(request, context.AddFailure);
            LabelRules.Check(request, _options, context.AddFailure);
            AttachmentRules.Check(request, _options, context.AddFailure);
            TemplateRules.Check(request, context.AddFailure);
        });
        RuleFor(request => request.Subject).Cascade(CascadeMode.Stop)
            .Must((request, subject) => !string.IsNullOrEmpty(subject) || request.TemplateName is not null)
            .WithErrorCode(FieldCodes.Required).WithMessage("subject is required.")
            .MaximumLength(_options.MaxSubjectCharacters).WithErrorCode(FieldCodes.TooLong)
            .WithMessage($"subject has at most {_options.MaxSubjectCharacters} characters.")
            .Must(subject => !LineText.HasControl(subject)).WithErrorCode(FieldCodes.InvalidCharacters)
            .WithMessage("subject must not have control characters or line breaks.");
        RuleFor(request => request.Html)
            .Must((request, html) => !string.IsNullOrEmpty(html) || !string.IsNullOrEmpty(request.Text) || request.TemplateName is not null)
            .WithErrorCode(FieldCodes.Required).WithMessage("html or text is required.")
            .Must(HasNoNul).WithErrorCode(FieldCodes.InvalidCharacters).WithMessage("html must not have the character NUL.");
        RuleFor(request => request.Text)
            .Must(HasNoNul).WithErrorCode(FieldCodes.InvalidCharacters).WithMessage("text must not have the character NUL.");
        RuleFor(request => request.ExpiresIn)
            .Must(duration => duration is not { } given || (given.Value >= MinExpiresIn && given.Value <= _options.MaxExpiresIn))
            .WithErrorCode(FieldCodes.OutOfRange)
            .WithMessage($"expiresIn must be between {MinExpiresIn.TotalSeconds}s and {_options.MaxExpiresIn.TotalHours}h.");
        RuleFor(request => request.Tls)
            .Must(tls => tls is null || TlsRequirementText.OfMessages.Contains(tls))
            .WithErrorCode(FieldCodes.InvalidValue).WithMessage($"tls must be one of {string.Join(", ", TlsRequirementText.OfMessages)}.");
        RuleFor(request => request.SendAt).SendAt(_options);
        RuleFor(request => request.IdempotencyKey).IdempotencyKey();
    }

    private static bool HasNoNul(string? body) => body is null || !body.Contains('\0');
}

internal static class Failures
{
    public static ValidationFailure Of(string path, string code, string message) => new(path, message) { ErrorCode = code };
}

internal sealed class SendMessageValidator(IOptions<SendOptions> options) : MessageRequestValidator<SendMessageRequest>(options);

internal sealed class SendEmailValidator : MessageRequestValidator<SendEmailRequest>
{
    public SendEmailValidator(IOptions<SendOptions> options) : base(options) =>
        RuleFor(request => request.FromName).Custom((name, context) => DisplayNames.CheckFromName(name, context.AddFailure));
}
