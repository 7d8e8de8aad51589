using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Otp;

namespace Mail.Api.Features.Otp;

internal sealed class SendOtpValidator : AbstractValidator<SendOtpRequest>
{
    private const int MaxPurpose = 64;
    private const int MaxBrandName = 100;
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);

    public SendOtpValidator()
    {
        RuleFor(request => request).Custom((request, context) =>
        {
            AddressRules.CheckOne(request.From, "/from", separated: false, context.AddFailure);
            AddressRules.CheckOne(request.To, "/to", separated: false, context.AddFailure);
        });
        RuleFor(request => request.Purpose).Cascade(CascadeMode.Stop)
            .NotEmpty().WithErrorCode(FieldCodes.Required).WithMessage("purpose is required, such as 'login'.")
            .MaximumLength(MaxPurpose).WithErrorCode(FieldCodes.TooLong).WithMessage($"purpose has at most {MaxPurpose} characters.")
            .Must(IsOneLine).WithErrorCode(FieldCodes.InvalidCharacters).WithMessage("purpose must not have control characters.");
        RuleFor(request => request.ExpiresIn)
            .Must(given => given is not { } lifetime || (lifetime.Value >= MinLifetime && lifetime.Value <= MaxLifetime))
            .WithErrorCode(FieldCodes.OutOfRange).WithMessage("expiresIn must be between 30s and 24h.");
        RuleFor(request => request.CodeLength)
            .InclusiveBetween(OtpCode.MinLength, OtpCode.MaxLength).WithErrorCode(FieldCodes.OutOfRange)
            .WithMessage($"codeLength must be between {OtpCode.MinLength} and {OtpCode.MaxLength}.");
        RuleFor(request => request.BrandName).Cascade(CascadeMode.Stop)
            .MaximumLength(MaxBrandName).WithErrorCode(FieldCodes.TooLong).WithMessage($"brandName has at most {MaxBrandName} characters.")
            .Must(IsOneLine).WithErrorCode(FieldCodes.InvalidCharacters).WithMessage("brandName must not have control characters or line breaks.");
        RuleFor(request => request.Language)
            .Must(language => language is null || OtpMail.Languages.Contains(language)).WithErrorCode(FieldCodes.InvalidValue)
            .WithMessage($"language must be one of {string.Join(", ", OtpMail.Languages)}.");
        RuleFor(request => request.Template).Cascade(CascadeMode.Stop)
            .Must(template => template is not { Length: 0 }).WithErrorCode(FieldCodes.InvalidValue).WithMessage("template must be an id or a slug.")
            .Must(IsOneLine).WithErrorCode(FieldCodes.InvalidCharacters).WithMessage("template must not have control characters.");
        RuleFor(request => request.IdempotencyKey).IdempotencyKey();
    }

    private static bool IsOneLine(string? text) => !LineText.HasControl(text);
}

internal sealed class VerifyOtpValidator : AbstractValidator<VerifyOtpRequest>
{
    public VerifyOtpValidator()
    {
        RuleFor(request => request.ChallengeId)
            .NotEmpty().WithErrorCode(FieldCodes.Required).WithMessage("challengeId is required.");
        RuleFor(request => request.Code).Cascade(CascadeMode.Stop)
            .NotEmpty().WithErrorCode(FieldCodes.Required).WithMessage("code is required.")
            .Must(code => code!.Length is >= OtpCode.MinLength and <= OtpCode.MaxLength && code.All(char.IsAsciiDigit))
            .WithErrorCode(FieldCodes.InvalidValue)
            .WithMessage($"code must be {OtpCode.MinLength} to {OtpCode.MaxLength} digits.");
    }
}
