using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

/// <summary>From a valid body to the outcome of <see cref="AcceptMessages"/>.</summary>
internal sealed class Sending(AcceptMessages messages, IOptions<SendOptions> options)
{
    /// <param name="operation">Idempotency keys of different operations do not meet.</param>
    public async ValueTask<SendAnswer> SendAsync<T>(
        string operation, Body<T> body, HttpContext context, CancellationToken cancellationToken) where T : MessageRequest
    {
        var request = body.Value;
        var (key, problem) = IdempotencyKeys.Read(context, request.IdempotencyKey);
        if (problem is not null)
            return new SendAnswer(null, problem);
        if (AttachmentRules.EncodedBytes(request) > options.Value.MaxMessageBytes)
            return new SendAnswer(null, TooLarge());
        var idempotency = key is null ? null : new Idempotency(operation, key, body.CanonicalHash(IdempotencyKeys.BodyField));
        var outcome = await messages.AcceptAsync(context.Caller(), OutgoingMessages.From(request, idempotency), cancellationToken);
        return SendAnswer.Of(outcome, context);
    }

    private Problem TooLarge() =>
        new(ProblemKind.PayloadTooLarge, $"A message has at most {options.Value.MaxMessageBytes} bytes after encoding.");
}
