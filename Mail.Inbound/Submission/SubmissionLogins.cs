using System.Net;
using Mail.Core.ApiKeys;
using Mail.Protocol.Smtp;
using Npgsql;

namespace Mail.Inbound.Submission;

/// <summary>API keys as passwords; the user name says nothing.</summary>
internal sealed class SubmissionLogins(ApiKeyAuthenticator keys, LoginFailures failures)
{
    /// <summary>The login, or the reply that refuses it.</summary>
    public async ValueTask<(SubmissionLogin? Login, SmtpReply Reply)> LogInAsync(string key, IPAddress address)
    {
        try
        {
            if (await failures.IsBlockedAsync(address))
                return (null, SubmissionReplies.TooManyFailures);
            var (caller, refusal) = await CheckAsync(key);
            if (caller is not null)
                return (new SubmissionLogin(caller, key), SmtpReplies.Authenticated);
            if (ReferenceEquals(refusal, SmtpReplies.AuthenticationFailed))
                await failures.AddAsync(address);
            return (null, refusal!);
        }
        catch (NpgsqlException)
        {
            return (null, SubmissionReplies.LoginUnavailable);
        }
    }

    /// <summary>The reply that ends the session because its key is not good any more, or null.</summary>
    public async ValueTask<SmtpReply?> RecheckAsync(SubmissionLogin login)
    {
        try
        {
            return (await CheckAsync(login.Key)).Caller is null ? SubmissionReplies.KeyIsOver : null;
        }
        catch (NpgsqlException)
        {
            return SmtpReplies.LocalError;
        }
    }

    private async ValueTask<(Caller? Caller, SmtpReply? Refusal)> CheckAsync(string key) =>
        await keys.IdentifyAsync(key, CancellationToken.None) switch
        {
            KeyCheck.Valid(var caller) when caller.Has(Scopes.EmailsSend) => (caller, null),
            KeyCheck.Valid => (null, SubmissionReplies.ScopeMissing),
            KeyCheck.Suspended => (null, SubmissionReplies.Suspended),
            _ => (null, SmtpReplies.AuthenticationFailed),
        };
}
