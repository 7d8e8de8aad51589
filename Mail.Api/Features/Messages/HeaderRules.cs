using FluentValidation.Results;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Protocol.Mime;

namespace Mail.Api.Features.Messages;

internal static class HeaderRules
{
    public static void Check(Dictionary<string, string?>? headers, SendOptions options, Action<ValidationFailure> fail)
    {
        if (headers is null)
            return;
        if (headers.Count > options.MaxHeaders)
        {
            fail(Failures.Of("/headers", FieldCodes.TooMany, $"A message has at most {options.MaxHeaders} extra headers."));
            return;
        }
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            var path = JsonPointer.Append("/headers", name);
            if (value is null)
                fail(Failures.Of(path, FieldCodes.InvalidType, "A header must be a string."));
            else if (!names.Add(name))
                fail(Failures.Of(path, FieldCodes.InvalidValue, "This header occurs twice; case does not tell names apart."));
            else if (!HeaderField.TryCreateForClient(name, value, out _, out var error))
                fail(Describe(path, error));
        }
    }

    /// <summary>Two ways to unsubscribe in one mail would contradict each other.</summary>
    public static void CheckUnsubscribe(MessageRequest request, Action<ValidationFailure> fail)
    {
        if (request is not { Unsubscribe: true, Headers: { } headers })
            return;
        foreach (var name in headers.Keys.Where(name => name.StartsWith("List-Unsubscribe", StringComparison.OrdinalIgnoreCase)))
            fail(Failures.Of(JsonPointer.Append("/headers", name), FieldCodes.Reserved, "This header is set by the system where unsubscribe is true."));
    }

    private static ValidationFailure Describe(string path, HeaderFieldError error) => error switch
    {
        HeaderFieldError.InvalidName => Failures.Of(path, FieldCodes.InvalidValue,
            "A header name has 1 to 76 visible ASCII characters and no colon."),
        HeaderFieldError.ControlCharacter => Failures.Of(path, FieldCodes.InvalidCharacters,
            "A header must not have control characters or line breaks."),
        HeaderFieldError.TooLong => Failures.Of(path, FieldCodes.TooLong, $"A header has at most {HeaderField.MaxValue} characters."),
        HeaderFieldError.Reserved => Failures.Of(path, FieldCodes.Reserved, "This header is set by the system."),
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };
}
