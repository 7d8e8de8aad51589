using Mail.Core.Bounces;
using Mail.Core.Inbound;
using Mail.Core.Messages;
using Mail.Protocol.Smtp;
using Npgsql;

namespace Mail.Inbound.Pipeline;

/// <summary>
/// Who we take mail for. Never a relay: in Development everything ends in the dev inbox; elsewhere only mail of test
/// keys does, which comes from our own workers under a return path that only they can write.
/// </summary>
internal sealed class RecipientPolicy(
    IHostEnvironment environment, ReturnPath returnPaths, InboxOwnerStore owners)
{
    // RFC 5321 §3.6.2 and RFC 3463 §3.8.
    private static readonly SmtpReply NoRelay = new(550, "5.7.1", "Relaying denied");

    /// <summary>The reply that refuses a recipient, or null.</summary>
    public async ValueTask<SmtpReply?> RefusalAsync(SmtpPath reversePath)
    {
        if (environment.IsDevelopment())
            return null;
        if (MessageOf(reversePath) is not { } message)
            return NoRelay;
        try
        {
            return await owners.IsTestMessageAsync(message, CancellationToken.None) ? null : NoRelay;
        }
        catch (NpgsqlException)
        {
            return SmtpReplies.LocalError;
        }
    }

    /// <summary>The message a return path of ours stands for, or null.</summary>
    // Sending domains have return paths of their own: what proves that one is ours is the signature.
    public MessageId? MessageOf(SmtpPath reversePath) => returnPaths.Read(reversePath.LocalPart)?.Message;
}
