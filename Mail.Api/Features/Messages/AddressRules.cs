using FluentValidation.Results;
using Mail.Api.Http;

namespace Mail.Api.Features.Messages;

internal static class AddressRules
{
    public static void Check(MessageRequest request, SendOptions options, Action<ValidationFailure> fail)
    {
        CheckOne(request.From, "/from", request.SeparatedAddresses, fail);
        if (request.To is null || request.To.Count == 0)
            fail(Failures.Of("/to", FieldCodes.Required, "to is required: at least one recipient."));
        var count = Read(request.To, "/to", request.SeparatedAddresses, fail)
            + Read(request.Cc, "/cc", request.SeparatedAddresses, fail)
            + Read(request.Bcc, "/bcc", request.SeparatedAddresses, fail);
        if (count > options.MaxRecipients)
            fail(Failures.Of("/to", FieldCodes.TooMany, $"A message has at most {options.MaxRecipients} recipients over to, cc and bcc; these are {count}."));
        if (Read(request.ReplyTo, "/replyTo", request.SeparatedAddresses, fail) > options.MaxRecipients)
            fail(Failures.Of("/replyTo", FieldCodes.TooMany, $"replyTo has at most {options.MaxRecipients} addresses."));
    }

    /// <summary>A field that must hold exactly one address.</summary>
    public static void CheckOne(AddressInputs? address, string path, bool separated, Action<ValidationFailure> fail)
    {
        if (address is null)
            fail(Failures.Of(path, FieldCodes.Required, $"{path[1..]} is required."));
        else if (Read(address, path, separated, fail) != 1)
            fail(Failures.Of(path, FieldCodes.InvalidEmail, $"{path[1..]} must be exactly one address."));
    }

    private static int Read(AddressInputs? inputs, string path, bool separated, Action<ValidationFailure> fail)
    {
        if (inputs is null)
            return 0;
        var reading = inputs.Read(separated);
        foreach (var error in reading.Errors)
            fail(Failures.Of(path + error.Path, error.Code, error.Message));
        return reading.Count;
    }
}
