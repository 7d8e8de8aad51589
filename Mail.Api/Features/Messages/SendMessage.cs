using Mail.Api.Http;
using Mail.Api.Http.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Messages;

/// <summary>Accepts one message, on both surfaces through the same operation.</summary>
internal static class SendMessage
{
    public static async Task<Results<Accepted<Envelope<SendMessageResponse>>, Problem>> Mail(
        Body<SendMessageRequest> body, Sending sending, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await sending.SendAsync("mail.send", body, context, cancellationToken);
        return answer.Response is { } response
            ? Envelope.Accepted($"/v1/mail/messages/{response.Id}", "Message queued", response)
            : answer.Problem!;
    }

    public static async Task<Results<Accepted<SendMessageResponse>, Problem>> Account(
        Body<SendEmailRequest> body, Sending sending, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await sending.SendAsync("emails.send", body, context, cancellationToken);
        return answer.Response is { } response ? TypedResults.Accepted($"/v1/emails/{response.Id}", response) : answer.Problem!;
    }
}
