using System.Diagnostics;
using Mail.Inbound.Pipeline;
using Mail.Protocol.Addresses;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session;

/// <summary>What MAIL opened: the envelope so far.</summary>
internal sealed class MailTransaction(SmtpCommand.Mail mail, Activity? activity)
{
    public SmtpPath ReversePath => mail.ReversePath;

    public bool IsUtf8 => mail.Utf8;

    /// <summary>It may go on by servers that keep to TLS only (RFC 8689).</summary>
    public bool RequiresTls => mail.RequireTls;

    public List<AdmittedRecipient> Recipients { get; } = [];

    /// <summary>The recipients of a client that has logged in; they are taken for anybody, and each once.</summary>
    public List<EmailAddress> Submitted { get; } = [];

    /// <summary>A sender of ours asked to be refused: that is no reason to lose patience with the client.</summary>
    public bool IsPlayed { get; set; }

    /// <summary>Why the message is refused although its chunks are still coming.</summary>
    public SmtpReply? Refusal { get; set; }

    /// <summary>The span of this transaction; it continues the sender's trace where it told us one.</summary>
    public Activity? Activity => activity;
}
