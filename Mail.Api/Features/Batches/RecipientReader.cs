using System.Security.Cryptography;
using System.Text.Json;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Messages;

namespace Mail.Api.Features.Batches;

/// <summary>Makes the messages of a <see cref="RecipientsRequest"/>: one for each recipient, each standing alone.</summary>
internal sealed class RecipientReader<T>(RecipientItemValidator<T> validator, IServiceProvider services) where T : RecipientsRequest
{
    public List<MessagePart> Read(Body<T> body)
    {
        var shared = body.CanonicalHash("recipients");
        return body.Value.Recipients!.ConvertAll(recipient => Read(body.Value, recipient, shared));
    }

    private MessagePart Read(T request, JsonElement item, byte[] shared)
    {
        var body = Body<BatchRecipient>.OfPart(item, services);
        if (body.Check(null) is { } unreadable)
            return new MessagePart(null, unreadable, null);
        var message = (T)request.For(body.Value);
        var result = validator.Validate(message);
        if (!result.IsValid)
            return new MessagePart(null, Problem.Validation(FieldErrors.Merge([], result.Errors)), null);
        var idempotency = message.IdempotencyKey is { } key
            // The same key with another text or template is another request.
            ? new Idempotency(Batching.ItemOperation, key, SHA256.HashData([.. shared, .. body.CanonicalHash(IdempotencyKeys.BodyField)]))
            : null;
        return new MessagePart(
            OutgoingMessages.From(message, idempotency), null, message.To!.Read(message.SeparatedAddresses).Mailboxes[0].Address.Address);
    }
}
