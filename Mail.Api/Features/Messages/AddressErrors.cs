using Mail.Api.Http;
using Mail.Protocol.Addresses;

namespace Mail.Api.Features.Messages;

internal static class AddressErrors
{
    public static FieldError Describe(string path, AddressError error) => error == AddressError.ForbiddenCharacter
        ? new FieldError(path, FieldCodes.InvalidCharacters, "An address must not have control characters or line breaks.")
        : new FieldError(path, FieldCodes.InvalidEmail, Text(error));

    private static string Text(AddressError error) => error switch
    {
        AddressError.Empty => "The address is empty.",
        AddressError.TooLong => "The address is longer than 254 octets.",
        AddressError.MissingAt => "The address has no '@'.",
        AddressError.EmptyLocalPart => "The address has nothing before the '@'.",
        AddressError.LocalPartTooLong => "The part before the '@' is longer than 64 octets.",
        AddressError.InvalidLocalPart => "The part before the '@' is not valid.",
        AddressError.UnbalancedQuote => "The address has a quote that does not end.",
        AddressError.EmptyDomain => "The address has nothing behind the '@'.",
        AddressError.DomainTooLong => "The domain is longer than 253 octets.",
        AddressError.LabelTooLong => "A label of the domain is longer than 63 octets.",
        AddressError.InvalidDomain => "The domain is not a valid host name.",
        AddressError.InvalidInternationalDomain => "The domain has characters that no domain may have.",
        AddressError.InvalidAddressLiteral => "The address literal is not valid.",
        AddressError.InvalidPath => "The angle brackets do not match.",
        AddressError.NotOneMailbox => "There must be exactly one address here.",
        _ => "This is not an e-mail address.",
    };
}

internal static class DisplayNames
{
    public static FieldError? Check(string path, string name)
    {
        if (name.Length > Mailbox.MaxDisplayName)
            return new FieldError(path, FieldCodes.TooLong, $"A name has at most {Mailbox.MaxDisplayName} characters.");
        return LineText.HasControl(name)
            ? new FieldError(path, FieldCodes.InvalidCharacters, "A name must not have control characters or line breaks.")
            : null;
    }

    public static void CheckFromName(string? name, Action<FluentValidation.Results.ValidationFailure> fail)
    {
        if (name is not null && Check("/fromName", name) is { } error)
            fail(Failures.Of(error.Path, error.Code, error.Message));
    }
}
