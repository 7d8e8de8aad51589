using System.Net;
using FluentValidation;
using FluentValidation.Results;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Protocol.Addresses;

namespace Mail.Api.Features.Delivery;

internal static class DeliveryFields
{
    private const int MaxText = 1000;
    private const int MaxName = 500;

    public static void Reason(string? reason, bool isNeeded, Action<ValidationFailure> fail)
    {
        if (isNeeded && string.IsNullOrWhiteSpace(reason))
            fail(Failures.Of("/reason", FieldCodes.Required, "reason is required."));
        Text("/reason", reason, MaxText, fail);
    }

    public static void Name(string path, string? name, Action<ValidationFailure> fail)
    {
        if (string.IsNullOrWhiteSpace(name))
            fail(Failures.Of(path, FieldCodes.Required, $"{path[1..]} is required."));
        Text(path, name, MaxName, fail);
    }

    public static void Text(string path, string? text, int most, Action<ValidationFailure> fail)
    {
        if (text?.Length > most)
            fail(Failures.Of(path, FieldCodes.TooLong, $"{path[1..]} has at most {most} characters."));
        else if (text is not null && LineText.HasControl(text))
            fail(Failures.Of(path, FieldCodes.InvalidCharacters, $"{path[1..]} must not have control characters."));
    }

    public static void Organization(string? id, Action<ValidationFailure> fail)
    {
        if (id is not null && !PrefixedId.TryParse<OrganizationId>(id, out _))
            fail(Failures.Of("/organizationId", FieldCodes.InvalidValue, "organizationId must be the id of an organization."));
    }

    public static void Domain(string? domain, Action<ValidationFailure> fail)
    {
        if (domain is not null && !DomainName.TryParse(domain, out _))
            fail(Failures.Of("/domain", FieldCodes.InvalidValue, "domain must be a domain name."));
    }
}

internal sealed class HoldValidator : AbstractValidator<HoldRequest>
{
    private static readonly string[] Names = ["organization", "destination", "domain", "source"];

    public HoldValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        if (request.Scope is null || !Names.Contains(request.Scope))
            context.AddFailure(Failures.Of("/scope", FieldCodes.InvalidValue, $"scope must be one of {string.Join(", ", Names)}."));
        DeliveryFields.Name("/name", request.Name, context.AddFailure);
        DeliveryFields.Reason(request.Reason, isNeeded: false, context.AddFailure);
        if (request.Scope == "organization" && !PrefixedId.TryParse<OrganizationId>(request.Name ?? "", out _))
            context.AddFailure(Failures.Of("/name", FieldCodes.InvalidValue, "name must be the id of an organization."));
        if (request.Scope == "domain" && !DomainName.TryParse(request.Name, out _))
            context.AddFailure(Failures.Of("/name", FieldCodes.InvalidValue, "name must be a domain name."));
        if (request.For is { Value.Ticks: <= 0 })
            context.AddFailure(Failures.Of("/for", FieldCodes.OutOfRange, "for must be longer than nothing."));
        if (request.Speed is not null and not (> 0 and < 1))
            context.AddFailure(Failures.Of("/speed", FieldCodes.OutOfRange, "speed must be between 0 and 1."));
        if (request is { Speed: not null, Scope: "source" })
            context.AddFailure(Failures.Of("/speed", FieldCodes.InvalidValue, "A source cannot be slowed down: give it less weight."));
    });
}

internal sealed class QueueFilterValidator : AbstractValidator<QueueFilterRequest>
{
    public QueueFilterValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        DeliveryFields.Organization(request.OrganizationId, context.AddFailure);
        DeliveryFields.Domain(request.Domain, context.AddFailure);
        DeliveryFields.Text("/destination", request.Destination, 500, context.AddFailure);
        DeliveryFields.Reason(request.Reason, isNeeded: false, context.AddFailure);
        if (request.MessageId is { } id && !PrefixedId.TryParse<MessageId>(id, out _))
            context.AddFailure(Failures.Of("/messageId", FieldCodes.InvalidValue, "messageId must be the id of a message."));
        if (request is { OrganizationId: null, Domain: null, Destination: null, MessageId: null })
            context.AddFailure(Failures.Of("/domain", FieldCodes.Required, "At least one of organizationId, domain, destination and messageId is required."));
    });
}

internal sealed class RouteValidator : AbstractValidator<RouteRequest>
{
    private static readonly string[] Modes = [.. Enum.GetNames<RelayTls>().Select(name => name.ToLowerInvariant())];

    public RouteValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        DeliveryFields.Organization(request.OrganizationId, context.AddFailure);
        DeliveryFields.Domain(request.Domain, context.AddFailure);
        DeliveryFields.Text("/pool", request.Pool, 100, context.AddFailure);
        DeliveryFields.Text("/user", request.User, 200, context.AddFailure);
        DeliveryFields.Text("/password", request.Password, 1000, context.AddFailure);
        if (request is { Relay: null, Pool: null })
            context.AddFailure(Failures.Of("/relay", FieldCodes.Required, "A route needs a relay, a pool or both."));
        if (request.Relay is not null && !RelayAddress.IsValid(request.Relay))
            context.AddFailure(Failures.Of("/relay", FieldCodes.InvalidValue, "relay must be host:port."));
        if (request.Tls is not null && !Modes.Contains(request.Tls))
            context.AddFailure(Failures.Of("/tls", FieldCodes.InvalidValue, $"tls must be one of {string.Join(", ", Modes)}."));
        if (request.User is null != request.Password is null)
            context.AddFailure(Failures.Of("/password", FieldCodes.Required, "user and password go together."));
        if (request is { User: not null, Tls: "disabled" })
            context.AddFailure(Failures.Of("/tls", FieldCodes.InvalidValue, "A password needs TLS: tls must not be disabled."));
    });
}

internal sealed class SourceValidator : AbstractValidator<SourceRequest>
{
    private const int LongestWarmup = 365;

    public SourceValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        DeliveryFields.Text("/pool", request.Pool, 100, context.AddFailure);
        if (!DomainName.TryParse(request.EhloName, out _))
            context.AddFailure(Failures.Of("/ehloName", FieldCodes.InvalidValue, "ehloName must be a host name."));
        if (request.Address is not null && !IPAddress.TryParse(request.Address, out _))
            context.AddFailure(Failures.Of("/address", FieldCodes.InvalidValue, "address must be an IP address."));
        if (request.Weight is < 1 or > 1000)
            context.AddFailure(Failures.Of("/weight", FieldCodes.OutOfRange, "weight is 1 to 1000."));
        if (request.WarmupDay is < 1 or > LongestWarmup)
            context.AddFailure(Failures.Of("/warmupDay", FieldCodes.OutOfRange, $"warmupDay is 1 to {LongestWarmup}."));
    });
}
