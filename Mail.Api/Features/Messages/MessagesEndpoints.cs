using Mail.Api.Http;
using Mail.Core.ApiKeys;

namespace Mail.Api.Features.Messages;

internal static class MessagesEndpoints
{
    public static void MapMessages(this RouteGroupBuilder mail)
    {
        mail.MapPost("/send", SendMessage.Mail).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("mail.send", "Accepts one message for delivery.", [.. SendRefusals.Usual, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
    }

    public static void MapEmails(this RouteGroupBuilder account)
    {
        account.MapPost("/emails", SendMessage.Account).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("emails.send", "Accepts one message for delivery.", [.. SendRefusals.Usual, ProblemKind.RecipientSuppressed, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
    }
}
