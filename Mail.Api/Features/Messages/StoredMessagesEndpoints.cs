using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;

namespace Mail.Api.Features.Messages;

/// <summary>What can be done with messages that are accepted: find them, follow them, call them off, send them again.</summary>
internal static class StoredMessagesEndpoints
{
    public static void AddStoredMessages(this IServiceCollection services)
    {
        services.AddBodies(MessagesJson.Default);
        services.AddSingleton<IValidator<ResendRequest>, ResendValidator>();
    }

    public static void MapStoredMessages(this RouteGroupBuilder mail)
    {
        mail.MapGet("/messages", ListMessages.Mail).RequireScope(Scopes.EmailsRead)
            .Describe("mail.messages.list", "Lists messages, newest first.", ProblemKind.QueryTooSlow);
        mail.MapGet("/messages/{id}", ReadMessages.Get).RequireScope(Scopes.EmailsRead)
            .Describe("mail.messages.get", "Reads a message with its recipients; with its content when asked.");
        mail.MapGet("/messages/{id}/attempts", ReadMessages.Attempts).RequireScope(Scopes.EmailsRead)
            .Describe("mail.messages.attempts", "Lists every attempt to deliver a message.");
        mail.MapGet("/messages/{id}/logs", ReadMessages.Logs).RequireScope(Scopes.EmailsRead)
            .Describe("mail.messages.logs", "Lists what was said to the recipients' servers, and by them.");
        mail.MapGet("/messages/{id}/timeline", ReadMessages.Timeline).RequireScope(Scopes.EmailsRead)
            .Describe("mail.messages.timeline", "Lists what has happened to a message, oldest first.");
        mail.MapPost("/messages/{id}/cancel", CancelMessage.Mail).RequireScope(Scopes.EmailsSend)
            .Describe("mail.messages.cancel", "Cancels the recipients that nobody is delivering to.", ProblemKind.Conflict);
        mail.MapPost("/messages/{id}/resend", ResendMessage.Mail).RequireScope(Scopes.EmailsSend)
            .Describe("mail.messages.resend", "Sends a message again, as a new one.", [.. SendRefusals.Usual, ProblemKind.Conflict]);
    }

    public static void MapStoredEmails(this RouteGroupBuilder account)
    {
        account.MapGet("/emails", ListMessages.Emails).RequireScope(Scopes.EmailsRead)
            .Describe("emails.list", "Lists messages, newest first.", ProblemKind.QueryTooSlow);
        account.MapGet("/emails/{id}", ReadMessages.GetEmail).RequireScope(Scopes.EmailsRead)
            .Describe("emails.get", "Reads a message.");
        account.MapPost("/emails/{id}/cancel", CancelMessage.Account).RequireScope(Scopes.EmailsSend)
            .Describe("emails.cancel", "Cancels a message that is not sent yet.", ProblemKind.Conflict);
        account.MapGet("/messages", ListMessages.Account).RequireScope(Scopes.EmailsRead)
            .Describe("messages.list", "Lists messages, newest first; those of test keys on request.", ProblemKind.QueryTooSlow);
        account.MapGet("/messages/{id}", ReadAccountMessages.Get).RequireScope(Scopes.EmailsRead)
            .Describe("messages.get", "Reads a message with its bodies.");
        account.MapGet("/messages/{id}/events", ReadAccountMessages.Events).RequireScope(Scopes.EmailsRead)
            .Describe("messages.events", "Lists what the recipients' side did with a message.");
    }
}
