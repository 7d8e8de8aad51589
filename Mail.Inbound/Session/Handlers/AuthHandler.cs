using System.Text;
using Mail.Inbound.Submission;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session.Handlers;

/// <summary>AUTH: RFC 4954, with PLAIN (RFC 4616) and LOGIN. The state table has seen to TLS.</summary>
internal sealed class AuthHandler(SubmissionLogins logins)
{
    // Base64 of "Username:" and "Password:", which clients of LOGIN wait for.
    private static readonly SmtpReply AskUser = SmtpReplies.Challenge("VXNlcm5hbWU6");
    private static readonly SmtpReply AskPassword = SmtpReplies.Challenge("UGFzc3dvcmQ6");
    private static readonly SmtpReply AskNothing = SmtpReplies.Challenge("");

    /// <summary>Null when the client is gone.</summary>
    public async ValueTask<SmtpReply?> HandleAsync(SmtpCommand.Auth command, SmtpSession session)
    {
        var (key, refusal) = command.Mechanism switch
        {
            "PLAIN" => await PlainAsync(command.InitialResponse, session),
            "LOGIN" => await LoginAsync(command.InitialResponse, session),
            _ => (null, SmtpReplies.UnknownMechanism),
        };
        if (key is null)
            return refusal;
        var (login, reply) = await logins.LogInAsync(key, session.ClientAddress);
        if (login is not null)
            session.LogIn(login);
        return reply;
    }

    private static async ValueTask<(string? Key, SmtpReply? Refusal)> PlainAsync(string? initial, SmtpSession session)
    {
        var (response, refusal) = await ResponseAsync(initial, AskNothing, session);
        if (response is null)
            return (null, refusal);
        return SmtpAuthResponse.Plain(response) is { } identity ? (identity.Secret, null) : (null, SmtpReplies.AuthenticationCancelled);
    }

    private static async ValueTask<(string? Key, SmtpReply? Refusal)> LoginAsync(string? initial, SmtpSession session)
    {
        var (user, refusal) = await ResponseAsync(initial, AskUser, session);
        if (user is null)
            return (null, refusal);
        if (SmtpAuthResponse.Text(user) is null)
            return (null, SmtpReplies.AuthenticationCancelled);
        (var password, refusal) = await ResponseAsync(null, AskPassword, session);
        if (password is null)
            return (null, refusal);
        return SmtpAuthResponse.Text(password) is { Length: > 0 } key ? (key, null) : (null, SmtpReplies.AuthenticationCancelled);
    }

    private static async ValueTask<(byte[]? Response, SmtpReply? Refusal)> ResponseAsync(string? initial, SmtpReply challenge, SmtpSession session)
    {
        if (initial is not null)
            return (Encoding.ASCII.GetBytes(initial), null);
        var line = await session.AskAsync(challenge);
        if (line.Status == SmtpLineStatus.Line)
            return (line.Octets.ToArray(), null);
        return (null, line.Status == SmtpLineStatus.TooLong ? SmtpReplies.AuthLineTooLong : session.ReplyTo(line.Status));
    }
}
