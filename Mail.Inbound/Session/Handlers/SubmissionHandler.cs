using Mail.Core.RateLimits;
using Mail.Core.Suppressions;
using Mail.Inbound.Submission;
using Mail.Protocol.Addresses;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Inbound.Session.Handlers;

/// <summary>What MAIL and RCPT ask of a client that has logged in.</summary>
internal sealed class SubmissionHandler(
    SubmissionLogins logins, RateLimiter limiter, SuppressionStore suppressions, IOptions<SubmissionOptions> options)
{
    /// <summary>The refusal of MAIL, or null. Before the message is sent, so that nothing is sent in vain.</summary>
    public async ValueTask<SmtpReply?> RefusalAsync(SubmissionLogin login)
    {
        if (await logins.RecheckAsync(login) is { } refusal)
            return refusal;
        var decision = await limiter.TakeAsync(login.Caller.Organization, login.Caller.ApiKey, RatePolicy.Send, CancellationToken.None);
        return decision.Allowed ? null : SubmissionReplies.RateLimited(decision.RetryAfter);
    }

    public async ValueTask<SmtpReply> HandleAsync(SmtpCommand.Rcpt command, SubmissionLogin login, SmtpSession session)
    {
        var transaction = session.Transaction!;
        // RFC 5321 §4.5.3.1.10: the others are for another transaction.
        if (transaction.Submitted.Count >= options.Value.MaxRecipients)
            return SmtpReplies.TooManyRecipients;
        if (command.ForwardPath.RequiresSmtpUtf8 && !transaction.IsUtf8)
            return SmtpReplies.Utf8NotRequested;
        // RFC 3461 §4: NOTIFY and ORCPT are for servers that offer DSN.
        if (command.Notify != DsnNotify.Unspecified || command.OriginalRecipient is not null)
            return SmtpReplies.UnknownParameter;
        if (!EmailAddress.TryParse(command.ForwardPath.Address, out var address, out _) || address.IsAddressLiteral)
            return SubmissionReplies.InvalidRecipient;
        // Who is named twice gets one copy.
        if (transaction.Submitted.Exists(other => other.NormalForm == address.NormalForm))
            return SmtpReplies.RecipientOk;
        try
        {
            var suppressed = await suppressions.FindKeysAsync(login.Caller.Organization, [AddressKey.Of(address)], CancellationToken.None);
            if (suppressed.Count > 0)
                return SubmissionReplies.Suppressed(address.Address);
        }
        catch (NpgsqlException)
        {
            return SmtpReplies.LocalError;
        }
        transaction.Submitted.Add(address);
        return SmtpReplies.RecipientOk;
    }
}
