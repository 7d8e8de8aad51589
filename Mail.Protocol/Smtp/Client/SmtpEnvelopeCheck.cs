namespace Mail.Protocol.Smtp;

/// <summary>What can be known about a transaction before its first command.</summary>
internal static class SmtpEnvelopeCheck
{
    public static void ThrowIfUnusable(SmtpEnvelope envelope)
    {
        if (envelope.Recipients.Count == 0)
            throw new ArgumentException("An envelope needs a recipient.", nameof(envelope));
        if (envelope.Recipients.Any(recipient => recipient.Path.IsNull))
            throw new ArgumentException("The null path is not a recipient.", nameof(envelope));
        if (envelope.EnvelopeId is { } id && SmtpXtext.Encode(id).Length > SmtpLimits.MaxEnvelopeIdOctets)
            throw new ArgumentException("The envelope id is too long.", nameof(envelope)); // RFC 3461 §4.4
        if (envelope.MailParameters.Any(parameter => !parameter.IsWellFormed))
            throw new ArgumentException("A MAIL parameter is malformed.", nameof(envelope));
    }

    public static SmtpFailure? Find(SmtpEnvelope envelope, ISmtpContent content, SmtpExtensions extensions, SmtpTlsFacts? tls)
    {
        // RFC 6531 §3.4, RFC 6152 §3, RFC 8689 §4.2.1: without the extension such a message must not be sent.
        if (envelope.NeedsUtf8 && !extensions.SmtpUtf8)
            return Missing("SMTPUTF8");
        if (envelope.EightBit && !extensions.EightBitMime)
            return Missing("8BITMIME");
        if (envelope.RequireTls && (!extensions.RequireTls || tls is null))
            return Missing("REQUIRETLS");
        // RFC 1870 §6.1: a size over the server's limit is refused anyway.
        if ((content.Length ?? envelope.Size) > extensions.MaxSize)
            return new SmtpFailure(SmtpStage.MailFrom, SmtpCause.SizeExceeded, Detail: $"the server takes {extensions.MaxSize} octets");
        return null;
    }

    public static SmtpTransactionResult Result(SmtpEnvelope envelope, SmtpFailure failure, bool usable) => new(
        [.. envelope.Recipients.Select(recipient => new SmtpRecipientResult(
            recipient, SmtpRecipientOutcome.Failed, failure.Stage, failure.Reply, failure.Cause))],
        failure, usable);

    private static SmtpFailure Missing(string extension) =>
        new(SmtpStage.MailFrom, SmtpCause.ExtensionMissing, Detail: extension);
}
