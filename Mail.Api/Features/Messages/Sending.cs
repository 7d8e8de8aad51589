using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

/// <summary>From a valid body to the outcome of <see cref="AcceptMessages"/>.</summary>
internal sealed class Sending(AcceptMessages messages, IOptions<SendOptions> options)
{
    /// <param name="operation">Idempotency keys of different operations do not meet.</param>
    /// <param name="complete">Adds what does not come from the body.</param>
    public async ValueTask<SendAnswer> SendAsync<T>(
        string operation, Body<T> body, HttpContext context, CancellationToken cancellationToken,
        Func<OutgoingMessage, OutgoingMessage>? complete = null) where T : MessageRequest
    {
        var request = body.Value;
        var (key, problem) = IdempotencyKeys.Read(context, request.IdempotencyKey);
        if (problem is not null)
            return new SendAnswer(null, problem);
        if (AttachmentRules.EncodedBytes(request) > options.Value.MaxMessageBytes)
            return new SendAnswer(null, TooLarge());
        var idempotency = key is null ? null : new Idempotency(operation, key, body.CanonicalHash(IdempotencyKeys.BodyField));
        var message = OutgoingMessages.From(request, idempotency);
        var outcome = await messages.AcceptAsync(context.Caller(), complete?.Invoke(message) ?? message, cancellationToken);
        return SendAnswer.Of(outcome, context);
    }

    private Problem TooLarge() =>
        new(ProblemKind.PayloadTooLarge, $"A message has at most {options.Value.MaxMessageBytes} bytes after encoding.");
}
