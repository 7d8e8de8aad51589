using System.Text.Json;
using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

/// <summary>Reads a message within another body, such as an item of a batch, as if it had come alone.</summary>
internal sealed class MessagePartReader<T>(IValidator<T> validator, IOptions<SendOptions> options, IServiceProvider services)
    where T : MessageRequest
{
    /// <param name="operation">Idempotency keys of different operations do not meet.</param>
    public MessagePart Read(JsonElement part, string operation)
    {
        var body = Body<T>.OfPart(part, services);
        return body.Check(validator) is { } problem ? new MessagePart(null, problem, null) : Read(body, operation);
    }

    private MessagePart Read(Body<T> body, string operation)
    {
        var request = body.Value;
        var address = request.To!.Read(request.SeparatedAddresses).Mailboxes[0].Address.Address;
        if (AttachmentRules.EncodedBytes(request) > options.Value.MaxMessageBytes)
            return new MessagePart(null, new Problem(ProblemKind.PayloadTooLarge, $"A message has at most {options.Value.MaxMessageBytes} bytes after encoding."), address);
        var idempotency = request.IdempotencyKey is { } key
            ? new Idempotency(operation, key, body.CanonicalHash(IdempotencyKeys.BodyField))
            : null;
        return new MessagePart(OutgoingMessages.From(request, idempotency), null, address);
    }
}

/// <summary>A message within another body, or what is wrong with it.</summary>
/// <param name="Address">Its first recipient, when that much was readable.</param>
internal sealed record MessagePart(OutgoingMessage? Message, Problem? Problem, string? Address);
