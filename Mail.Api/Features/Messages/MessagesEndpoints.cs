using Mail.Api.Http;
using Mail.Core.ApiKeys;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

internal static class MessagesEndpoints
{
    public static void MapMessages(this RouteGroupBuilder mail)
    {
        var limit = new RequestSizeLimitAttribute(Limits(mail).MaxRequestBytes);
        mail.MapPost("/send", SendMessage.Mail).RequireScope(Scopes.EmailsSend).WithMetadata(limit)
            .Describe("mail.send", "Accepts one message for delivery.", [.. SendRefusals.Usual, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
    }

    public static void MapEmails(this RouteGroupBuilder account)
    {
        var limit = new RequestSizeLimitAttribute(Limits(account).MaxRequestBytes);
        account.MapPost("/emails", SendMessage.Account).RequireScope(Scopes.EmailsSend).WithMetadata(limit)
            .Describe("emails.send", "Accepts one message for delivery.", [.. SendRefusals.Usual, ProblemKind.RecipientSuppressed, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
    }

    private static SendOptions Limits(RouteGroupBuilder group) =>
        ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<IOptions<SendOptions>>().Value;
}
