using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Text;
using Mail.Protocol.Addresses;

namespace Mail.Api.Features.ApiKeys;

internal sealed class CreateApiKeyValidator : AbstractValidator<CreateApiKeyRequest>
{
    internal const int MaxName = 200;

    private static readonly string[] Modes = ["live", "test"];

    public CreateApiKeyValidator()
    {
        RuleFor(request => request.Name).Cascade(CascadeMode.Stop)
            .Must(name => !string.IsNullOrWhiteSpace(name)).WithErrorCode(FieldCodes.Required).WithMessage("name is required.")
            .MaximumLength(MaxName).WithErrorCode(FieldCodes.TooLong).WithMessage($"name has at most {MaxName} characters.")
            .Must(name => !LineText.HasControl(name)).WithErrorCode(FieldCodes.InvalidCharacters).WithMessage("name must not have control characters.");
        RuleFor(request => request).Custom((request, context) => CheckScopes(request.Scopes, context));
        RuleFor(request => request.Mode).Must(mode => mode is null || Modes.Contains(mode))
            .WithErrorCode(FieldCodes.InvalidValue).WithMessage("mode must be live or test.");
        RuleFor(request => request.Domain).Must(domain => domain is null || DomainName.TryParse(domain, out _))
            .WithErrorCode(FieldCodes.InvalidValue).WithMessage("domain must be a domain name.");
    }

    private static void CheckScopes(List<string?>? scopes, ValidationContext<CreateApiKeyRequest> context)
    {
        if (scopes is null or { Count: 0 })
        {
            context.AddFailure(Failures.Of("/scopes", FieldCodes.Required, "scopes needs at least one scope."));
            return;
        }
        if (scopes.Count > Scopes.All.Count)
        {
            context.AddFailure(Failures.Of("/scopes", FieldCodes.TooMany, $"There are only {Scopes.All.Count} scopes."));
            return;
        }
        for (var i = 0; i < scopes.Count; i++)
        {
            if (scopes[i] is { } scope && Scopes.All.Contains(scope))
                continue;
            context.AddFailure(Failures.Of(JsonPointer.Append("/scopes", i), FieldCodes.InvalidValue,
                $"There is no such scope; the nearest one is '{NearestName.Of(scopes[i] ?? "", Scopes.All)}'."));
        }
    }
}
