using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Domains;
using Mail.Core.Tls;

namespace Mail.Api.Features.Domains;

internal sealed class CreateDomainValidator : AbstractValidator<CreateDomainRequest>
{
    public CreateDomainValidator(SendingDomainName names)
    {
        RuleFor(request => request.RegisteredDomainId).Null().WithErrorCode(FieldCodes.NotSupported)
            .WithMessage("No domains are registered here: send domain instead of registeredDomainId.");
        RuleFor(request => request.Domain).NotEmpty().When(request => request.RegisteredDomainId is null)
            .WithErrorCode(FieldCodes.Required).WithMessage("domain is required.");
        RuleFor(request => request.Domain).Custom((domain, context) =>
        {
            if (!string.IsNullOrEmpty(domain) && names.Read(domain, SubdomainOf(context.InstanceToValidate)).Problem is { } problem)
                context.AddFailure(Failures.Of("/domain", FieldCodes.InvalidValue, problem));
        });
        RuleFor(request => request.MailFromSubdomain).Must(subdomain => subdomain is null || SendingDomainName.IsMailFromSubdomain(subdomain))
            .WithErrorCode(FieldCodes.InvalidValue).WithMessage("mailFromSubdomain must be one label of lower-case letters, digits and hyphens.");
        RuleFor(request => request.MailFromSubdomain).NotEqual(CreateDomain.DefaultTracking).When(request => request.Tracking == true)
            .WithErrorCode(FieldCodes.InvalidValue).WithMessage($"'{CreateDomain.DefaultTracking}' is the name of the tracking host.");
        RuleFor(request => request.Tls).Tls();
    }

    internal static string SubdomainOf(CreateDomainRequest request) =>
        request.MailFromSubdomain is { } subdomain && SendingDomainName.IsMailFromSubdomain(subdomain) ? subdomain : SendingDomainName.DefaultMailFrom;
}

internal sealed class UpdateDomainValidator : AbstractValidator<UpdateDomainRequest>
{
    public UpdateDomainValidator() => RuleFor(request => request.Tls).Tls();
}

internal static class DomainTlsRule
{
    public static void Tls<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(tls => tls is null || TlsRequirementText.OfDomains.Contains(tls))
        .WithErrorCode(FieldCodes.InvalidValue).WithMessage($"tls must be one of {string.Join(", ", TlsRequirementText.OfDomains)}.");
}
