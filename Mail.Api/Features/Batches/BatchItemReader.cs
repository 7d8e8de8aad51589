using System.Text.Json;
using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Batches;

/// <summary>Reads one item of a batch as if it had come alone.</summary>
internal sealed class BatchItemReader<T>(IValidator<T> validator, IOptions<SendOptions> options, IServiceProvider services)
    where T : MessageRequest
{
    private const string Operation = "batch.item";

    public ReadItem Read(JsonElement item)
    {
        var body = Body<T>.OfPart(item, services);
        if (body.Check(validator) is { } problem)
            return new ReadItem(null, problem, null);
        var request = body.Value;
        var address = request.To!.Read(request.SeparatedAddresses).Mailboxes[0].Address.Address;
        if (AttachmentRules.EncodedBytes(request) > options.Value.MaxMessageBytes)
            return new ReadItem(null, new Problem(ProblemKind.PayloadTooLarge, $"A message has at most {options.Value.MaxMessageBytes} bytes after encoding."), address);
        var idempotency = request.IdempotencyKey is { } key
            ? new Idempotency(Operation, key, body.CanonicalHash(IdempotencyKeys.BodyField))
            : null;
        return new ReadItem(OutgoingMessages.From(request, idempotency), null, address);
    }
}

/// <summary>An item as read: a message, or what is wrong with it.</summary>
/// <param name="Address">Its first recipient, when that much was readable.</param>
internal sealed record ReadItem(OutgoingMessage? Message, Problem? Problem, string? Address);
