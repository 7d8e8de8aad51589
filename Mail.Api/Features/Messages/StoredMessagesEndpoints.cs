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
        mail.MapGet("/messages", ListMessages.Mail).RequireScope(Scopes.EmailsRead);
        mail.MapGet("/messages/{id}", ReadMessages.Get).RequireScope(Scopes.EmailsRead);
        mail.MapGet("/messages/{id}/attempts", ReadMessages.Attempts).RequireScope(Scopes.EmailsRead);
        mail.MapGet("/messages/{id}/logs", ReadMessages.Logs).RequireScope(Scopes.EmailsRead);
        mail.MapGet("/messages/{id}/timeline", ReadMessages.Timeline).RequireScope(Scopes.EmailsRead);
        mail.MapPost("/messages/{id}/cancel", CancelMessage.Mail).RequireScope(Scopes.EmailsSend);
        mail.MapPost("/messages/{id}/resend", ResendMessage.Mail).RequireScope(Scopes.EmailsSend);
    }

    public static void MapStoredEmails(this RouteGroupBuilder account)
    {
        account.MapGet("/emails", ListMessages.Emails).RequireScope(Scopes.EmailsRead);
        account.MapGet("/emails/{id}", ReadMessages.GetEmail).RequireScope(Scopes.EmailsRead);
        account.MapPost("/emails/{id}/cancel", CancelMessage.Account).RequireScope(Scopes.EmailsSend);
        account.MapGet("/messages", ListMessages.Account).RequireScope(Scopes.EmailsRead);
        account.MapGet("/messages/{id}", ReadAccountMessages.Get).RequireScope(Scopes.EmailsRead);
        account.MapGet("/messages/{id}/events", ReadAccountMessages.Events).RequireScope(Scopes.EmailsRead);
    }
}
